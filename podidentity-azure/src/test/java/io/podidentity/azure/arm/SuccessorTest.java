package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.identityId;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.assignment.ApplierOptions;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.assignment.TargetApplier;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader that comes after one that died while Azure was at work for it. */
final class SuccessorTest {
  private static final NamespacedName X = new NamespacedName("default", "x");

  private final SimulatedCluster azure = new SimulatedCluster();
  private final InMemoryCluster cluster = new InMemoryCluster(azure.clock());

  @BeforeEach
  void assignAndBeginToDetach() {
    UserAssignedIdentity identity = azure.create("A");
    cluster.putNode(new Node("n1", MACHINE));
    cluster.putIdentity(
        new AzureIdentity(
            X,
            "x",
            1,
            false,
            new ManagedIdentity(identityId("A"), new ClientId(identity.clientId()))));
    cluster.putBinding(new IdentityBinding(X, "x", "app"));
    cluster.putPod(pod("web", "first"));
    aLeader().run();
    assertThat(record("web").state()).isEqualTo(AssignmentState.ASSIGNED);

    cluster.deletePod(new NamespacedName("default", "web"));
    azure
        .simulated()
        .arm()
        .writes(WriteBehaviour.asyncOperation(ArmOptions.DEFAULT.operationLimit().plusSeconds(60)));
    aLeader().run();
    // It is no more, and what it asked for goes on for a minute.
    assertThat(azure.names(MACHINE)).containsExactly("a");
    azure.simulated().arm().writes(WriteBehaviour.synchronous(Duration.ZERO));
  }

  @AfterEach
  void stop() {
    azure.close();
  }

  @Test
  void doesNotTakeForAssignedWhatIsOnItsWayOff() {
    cluster.putPod(pod("web", "second"));
    Runnable successor = aLeader();

    successor.run();
    assertThat(record("web").state()).isNotEqualTo(AssignmentState.ASSIGNED);

    azure.clock().advance(Duration.ofSeconds(61));
    assertThat(azure.names(MACHINE)).isEmpty();
    successor.run();
    assertThat(record("web").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(azure.names(MACHINE)).containsExactly("a");
  }

  @Test
  void norForAnotherPodAndItStaysMicsToTakeOff() {
    cluster.putPod(pod("api", "other"));
    Runnable successor = aLeader();

    successor.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.CREATED);

    azure.clock().advance(Duration.ofSeconds(61));
    successor.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(azure.names(MACHINE)).containsExactly("a");

    cluster.deletePod(new NamespacedName("default", "api"));
    successor.run();
    assertThat(azure.names(MACHINE)).isEmpty();
    assertThat(cluster.records()).isEmpty();
  }

  /** Machines are changed for many reasons: only what MIC may be taking off is doubted. */
  @Test
  void takesForThereWhatIsThereWhileAnotherChangesTheMachine() {
    azure.clock().advance(Duration.ofSeconds(61));
    cluster.putPod(pod("web", "second"));
    aLeader().run();
    assertThat(azure.names(MACHINE)).containsExactly("a");
    azure.azure().change(MACHINE.id().value(), one -> one.withProvisioningState("Updating"));

    cluster.putPod(pod("api", "other"));
    aLeader().run();

    assertThat(record("api").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  /** A process of its own: it plans and applies, and knows nothing of the one before. */
  private Runnable aLeader() {
    AssignmentPlanner planner =
        new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, Duration.ZERO));
    TargetApplier applier =
        new TargetApplier(
            cluster,
            azure.adapter(),
            new Telemetry() {},
            Runnable::run,
            ApplierOptions.DEFAULT,
            azure.clock());
    return () -> planner.plan(cluster.snapshot()).targets().forEach(applier::apply);
  }

  private AssignedIdentity record(String pod) {
    return cluster
        .record(new NamespacedName("default", pod + "-default-x"))
        .orElseThrow(() -> new AssertionError(cluster.records().toString()));
  }

  private static Pod pod(String name, String uid) {
    return new Pod(
        new NamespacedName("default", name),
        uid,
        "n1",
        Map.of(IdentityBinding.POD_LABEL, "app"),
        Set.of(),
        PodPhase.RUNNING,
        false,
        false);
  }
}
