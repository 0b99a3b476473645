package io.podidentity.chart;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import org.junit.jupiter.api.AfterAll;

/** On the version that all tests run against. */
@RequiresRealPart({RealPart.HELM, RealPart.KUBE_APISERVER})
final class ValidationPolicyTest extends ValidationPolicyContract {
  ValidationPolicyTest() {
    super(KubeApiServer.shared());
  }

  @AfterAll
  void leaveNothing() {
    delete();
  }
}
