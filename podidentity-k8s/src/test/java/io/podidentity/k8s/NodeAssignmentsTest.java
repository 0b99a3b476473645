package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.AssignmentDirectoryContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class NodeAssignmentsTest extends AssignmentDirectoryContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static NodeAssignments assignments;

  @BeforeAll
  static void follow() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
    assignments = new NodeAssignments(nmi, "contract-node", true);
    TestCluster.follow(assignments);
  }

  @AfterAll
  static void end() {
    assignments.close();
    nmi.close();
    admin.close();
  }

  @Override
  protected AssignmentDirectory directory() {
    return assignments;
  }

  @Override
  protected void put(AssignedIdentity record) {
    new ClusterObjects(admin).put(record);
  }

  @Override
  protected void delete(NamespacedName record) {
    new ClusterObjects(admin).deleteRecord(record);
  }

  @Test
  void recordsOfOtherNodesAreNotShown() {
    AssignedIdentity elsewhere = TestObjects.record("elsewhere", "other-node");
    AssignedIdentity here = TestObjects.record("here", "contract-node");
    try (NodeAssignments all = new NodeAssignments(nmi, "contract-node", false)) {
      TestCluster.begin(all);
      put(elsewhere);
      put(here);

      Await.asserted(SOON, () -> assertThat(assignments.forPod(here.pod())).hasSize(1));
      Await.asserted(SOON, () -> assertThat(all.forPod(here.pod())).hasSize(1));
      assertThat(assignments.forPod(elsewhere.pod())).isEmpty();
      assertThat(all.forPod(elsewhere.pod())).isEmpty();
    }
  }

  @Test
  void recordWithoutLabelIsShownIfAllAreWatched() {
    AssignedIdentity record = TestObjects.record("unlabelled", "contract-node");
    try (NodeAssignments all = new NodeAssignments(nmi, "contract-node", false)) {
      TestCluster.begin(all);
      put(record);
      new ClusterObjects(admin)
          .resourceOf(record.name())
          .edit(
              resource -> {
                resource.getMetadata().setLabels(null);
                return resource;
              });

      Await.asserted(SOON, () -> assertThat(all.forPod(record.pod())).hasSize(1));
      Await.asserted(SOON, () -> assertThat(assignments.forPod(record.pod())).isEmpty());
    }
  }

  @Test
  void recordOfVeryOldVersionsWithoutAStatusCountsAsAssigned() {
    AssignedIdentity record = TestObjects.record("stateless", "contract-node");
    put(record);
    new ClusterObjects(admin)
        .resourceOf(record.name())
        .edit(
            resource -> {
              resource.setStatus(null);
              return resource;
            });

    Await.asserted(
        SOON,
        () ->
            assertThat(List.copyOf(assignments.forPod(record.pod())))
                .extracting(AssignedIdentity::state)
                .containsExactly(AssignmentState.ASSIGNED));
  }
}
