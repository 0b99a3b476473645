package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.azure.AzureState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What MIC does to virtual machines and scale sets. */
@EndToEnd
final class AssignmentIT {

  @Test
  void deletingThePodRemovesItsRecordAndItsIdentityFromTheVirtualMachine(
      EndToEndCluster cluster, Scene scene) {
    deletingThePodRemovesBoth(cluster, scene, cluster.vm());
  }

  @Test
  void deletingThePodRemovesItsRecordAndItsIdentityFromTheScaleSet(
      EndToEndCluster cluster, Scene scene) {
    deletingThePodRemovesBoth(cluster, scene, cluster.firstInstance());
  }

  @Test
  void scaleSetKeepsAnIdentityUntilTheLastPodThatUsesItGoes(EndToEndCluster cluster, Scene scene) {
    BoundIdentity shared = scene.identity("shared");
    TestPod first = scene.boundPod("shared", cluster.firstInstance(), shared);
    TestPod second = scene.pod("another", cluster.secondInstance(), "shared");
    scene.awaitAssigned(second, shared);

    scene.remove(first);
    scene.awaitNoRecord(first, shared);
    assertThat(cluster.azure().isAttached(shared, second.node())).isTrue();
    assertThat(TokenAnswer.of(second.askForToken()).clientId()).isEqualTo(shared.clientId());

    scene.remove(second);
    scene.awaitNoRecord(second, shared);
    assertThat(cluster.azure().isAttached(shared, second.node())).isFalse();
  }

  @Test
  void identityThatArrivesByAnAsynchronousWriteIsServed(EndToEndCluster cluster, Scene scene) {
    BoundIdentity slow = scene.identity("slow");
    String machine = cluster.vm().computeId();
    cluster.azure().writes(machine, "location", 202, Duration.ofSeconds(2));
    try {
      scene.bind(slow, "slow");
      TestPod pod = scene.pod("slow", cluster.vm(), "slow");

      // Sent at once: NMI holds it for as long as Azure takes.
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(slow.clientId());

      assertThat(scene.recordState(pod, slow)).isEqualTo("Assigned");
      assertThat(cluster.azure().isAttached(slow, cluster.vm())).isTrue();
      assertThat(cluster.azure().armRequests())
          .filteredOn(request -> request.contains("/operations/"))
          .as("looks at the operation")
          .isNotEmpty()
          .allMatch(request -> request.startsWith("GET "));
    } finally {
      cluster.azure().writes(machine, "synchronous", 200, Duration.ZERO);
    }
  }

  @Test
  void systemAssignedIdentityOfAVirtualMachineStays(EndToEndCluster cluster, Scene scene) {
    AzureState.SystemIdentity before = systemAssigned(cluster);
    assertThat(before).isNotNull();

    BoundIdentity identity = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.vm(), identity);
    assertThat(cluster.azure().isAttached(identity, cluster.vm())).isTrue();
    assertThat(systemAssigned(cluster)).isEqualTo(before);

    scene.remove(pod);
    scene.awaitNoRecord(pod, identity);
    assertThat(cluster.azure().isAttached(identity, cluster.vm())).isFalse();
    assertThat(systemAssigned(cluster)).isEqualTo(before);
  }

  private static void deletingThePodRemovesBoth(
      EndToEndCluster cluster, Scene scene, TestNode node) {
    BoundIdentity identity = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", node, identity);
    assertThat(cluster.azure().isAttached(identity, node)).isTrue();

    scene.remove(pod);

    scene.awaitNoRecord(pod, identity);
    assertThat(cluster.azure().isAttached(identity, node)).isFalse();
  }

  private static AzureState.SystemIdentity systemAssigned(EndToEndCluster cluster) {
    return cluster.azure().compute(cluster.vm().computeId()).systemAssigned();
  }
}
