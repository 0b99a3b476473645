package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.PodDirectoryContract;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
    TestCluster.follow(pods);
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

  @Test
  void podsOfOtherNodesAndPodsThatAreNotScheduledAreNotShown() {
    ClusterObjects objects = new ClusterObjects(admin);
    Pod elsewhere = objects.put(TestObjects.pod("elsewhere", "other-node"));
    Pod nowhere = objects.put(TestObjects.pod("nowhere", null));
    Pod here = objects.put(TestObjects.pod("here", "contract-node"));

    Await.until("the pod", Duration.ofSeconds(20), () -> pods.byName(here.name()).isPresent());
    assertThat(pods.byName(elsewhere.name())).isEmpty();
    assertThat(pods.byName(nowhere.name())).isEmpty();
  }

  @Test
  void callbackThatThrowsKeepsNobodyFromBeingCalled() throws Exception {
    InetAddress address = InetAddress.getByName("198.19.0.1");
    AtomicInteger calls = new AtomicInteger();
    try (Subscription throwing =
            pods.onChange(
                address,
                () -> {
                  throw new IllegalStateException("a test throws this");
                });
        Subscription counting = pods.onChange(address, calls::incrementAndGet)) {
      assertThat(throwing).isNotSameAs(counting);
      ClusterObjects objects = new ClusterObjects(admin);
      Pod pod = objects.put(TestObjects.pod("thrown-at", "contract-node", address));
      Await.until("a call", Duration.ofSeconds(20), () -> calls.get() > 0);

      int known = calls.get();
      objects.deletePod(pod.name());
      Await.until("another call", Duration.ofSeconds(20), () -> calls.get() > known);
    }
  }
}
