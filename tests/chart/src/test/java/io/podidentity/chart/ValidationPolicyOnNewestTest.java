package io.podidentity.chart;

import io.podidentity.harness.kube.EnvtestBinaries;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import org.junit.jupiter.api.AfterAll;

/** On the newest Kubernetes. */
@RequiresRealPart({RealPart.HELM, RealPart.NEWEST_KUBERNETES})
final class ValidationPolicyOnNewestTest extends ValidationPolicyContract {
  ValidationPolicyOnNewestTest() {
    super(KubeApiServer.start(EnvtestBinaries.findNewest()));
  }

  @AfterAll
  void close() {
    api.close();
  }
}
