package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.Pod;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.k8s.crd.AssignmentStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server of its own, since it is stopped. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ServerRestartTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void whatIsKnownStaysWhileTheServerIsAwayAndIsBroughtUpToDateWhenItIsBack() {
    try (KubeApiServer server = KubeApiServer.start()) {
      TestCluster cluster = TestCluster.on(server);
      try (KubernetesClient admin = cluster.asAdmin();
          KubernetesClient nmi = cluster.asNmi();
          NodePods pods = new NodePods(nmi, "node");
          NodeAssignments records = new NodeAssignments(nmi, "node", true);
          NodePods lateComer = new NodePods(nmi, "node")) {
        ClusterObjects objects = new ClusterObjects(admin);
        Pod pod = objects.put(TestObjects.pod("before", "node"));
        AssignedIdentity record = TestObjects.record("before", "node");
        objects.put(record);
        TestCluster.follow(pods, records);

        server.stopServer();
        TestCluster.begin(lateComer);
        assertThat(pods.byName(pod.name())).isPresent();
        assertThat(records.forPod(record.pod())).hasSize(1);
        assertThat(lateComer.hasSynced()).isFalse();
        assertThat(pods.list().handle((list, error) -> error).join().getCause())
            .isInstanceOfSatisfying(
                PodIdentityException.class,
                e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));

        server.startServer();
        Pod after = objects.put(TestObjects.pod("after", "node"));
        objects.deletePod(pod.name());
        objects
            .resourceOf(record.name())
            .edit(
                resource -> {
                  resource.setStatus(new AssignmentStatus(null, 1, "Assigned"));
                  return resource;
                });

        Await.asserted(
            SOON,
            () -> {
              assertThat(pods.byName(after.name())).isPresent();
              assertThat(pods.byName(pod.name())).isEmpty();
              assertThat(lateComer.byName(after.name())).isPresent();
              assertThat(records.forPod(record.pod()))
                  .extracting(AssignedIdentity::state)
                  .containsExactly(AssignmentState.ASSIGNED);
            });
        assertThat(lateComer.hasSynced()).isTrue();
        assertThat(pods.list().join()).extracting(Pod::name).containsExactly(after.name());
      }
    }
  }
}
