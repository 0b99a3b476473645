package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.PodDirectoryContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class NodePodsTest extends PodDirectoryContract {
  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static NodePods pods;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
    pods = new NodePods(nmi, "contract-node");
    pods.start();
    pods.awaitSynced(Duration.ofSeconds(30));
  }

  @AfterAll
  static void end() {
    pods.close();
    nmi.close();
    admin.close();
  }

  @Override
  protected PodDirectory directory() {
    return pods;
  }

  @Override
  protected void put(Pod pod) {
    new ClusterObjects(admin).put(pod);
  }

  @Override
  protected void delete(NamespacedName pod) {
    new ClusterObjects(admin).deletePod(pod);
  }
}
