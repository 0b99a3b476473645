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
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader that comes after one that died while Azure was at work for it. */
final class SuccessorTest {
  private static final NamespacedName X = new NamespacedName("default", "x");
  private static final Duration DELAY = Duration.ofMinutes(2);

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
    beginToDetach(aLeader());
  }

  /** It waits no longer for what it asked for, which goes on for a minute. */
  private void beginToDetach(Runnable leader) {
    azure
        .simulated()
        .arm()
        .writes(WriteBehaviour.asyncOperation(ArmOptions.DEFAULT.operationLimit().plusSeconds(60)));
    leader.run();
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

  /** The record of the pod that left it goes as soon as another one says whose the identity is. */
  @Test
  void norDoesAThirdOnceTheRecordHasGoneThatWasToBeTakenOff() {
    cluster.putPod(pod("api", "other"));
    Runnable second = aLeader();
    second.run();
    assertThat(cluster.records()).hasSize(1);

    second.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.CREATED);
    Runnable third = aLeader();
    third.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.CREATED);

    azure.clock().advance(Duration.ofSeconds(61));
    third.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(azure.names(MACHINE)).containsExactly("a");
  }

  /** What waits with an identity may have got it from one that was to be taken off. */
  @Test
  void norOneThatFindsARecordThatWaits() {
    cluster.putPod(pod("api", "other"));
    aLeader(DELAY).run();
    cluster.deletePod(new NamespacedName("default", "api"));
    aLeader(DELAY).run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(cluster.records()).hasSize(1);

    cluster.putPod(pod("api", "again"));
    cluster.putPod(pod("late", "third"));
    Runnable last = aLeader(DELAY);
    last.run();
    assertThat(cluster.records())
        .hasSize(2)
        .extracting(AssignedIdentity::state)
        .doesNotContain(AssignmentState.ASSIGNED);

    azure.clock().advance(Duration.ofSeconds(61));
    last.run();
    assertThat(cluster.records())
        .extracting(AssignedIdentity::state)
        .containsExactly(AssignmentState.ASSIGNED, AssignmentState.ASSIGNED);
    assertThat(azure.names(MACHINE)).containsExactly("a");
  }

  /** What asks Azure is made anew when azure.json changes, and knows nothing of what it began. */
  @Test
  void norTheSameLeaderForWhatItHasBegunItself() {
    azure.clock().advance(Duration.ofSeconds(61));
    AtomicReference<CloudConfig> config = new AtomicReference<>(azure.config());
    Runnable leader =
        aLeader(Duration.ZERO, new CurrentComputeIdentities(config::get, now -> azure.adapter()));
    cluster.putPod(pod("web", "second"));
    leader.run();
    assertThat(record("web").state()).isEqualTo(AssignmentState.ASSIGNED);
    cluster.deletePod(new NamespacedName("default", "web"));
    beginToDetach(leader);

    config.set(new CloudConfig("AzureStackCloud", "", "", "", "another", "group", true, ""));
    cluster.putPod(pod("api", "other"));
    leader.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.CREATED);

    azure.clock().advance(Duration.ofSeconds(61));
    leader.run();
    assertThat(record("api").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(azure.names(MACHINE)).containsExactly("a");
  }

  /** Nothing of a leader before it can go on where it has seen the machine at rest. */
  @Test
  void oneThatHasSeenTheMachineAtRestTakesForThereWhatIsThereWhileAnotherChangesIt() {
    azure.clock().advance(Duration.ofSeconds(61));
    cluster.putPod(pod("web", "second"));
    Runnable leader = aLeader(DELAY);
    leader.run();
    // What it saw is forgotten by then, but not that the machine was at rest.
    azure.clock().advance(Duration.ofMinutes(10));
    cluster.deletePod(new NamespacedName("default", "web"));
    leader.run();
    assertThat(record("web").state()).isEqualTo(AssignmentState.UNASSIGNED);
    azure.azure().change(MACHINE.id().value(), one -> one.withProvisioningState("Updating"));

    cluster.putPod(pod("web", "third"));
    leader.run();

    assertThat(record("web").state()).isEqualTo(AssignmentState.ASSIGNED);
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
    return aLeader(Duration.ZERO);
  }

  private Runnable aLeader(Duration detachDelay) {
    return aLeader(detachDelay, azure.adapter());
  }

  private Runnable aLeader(Duration detachDelay, ComputeIdentities compute) {
    AssignmentPlanner planner =
        new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, detachDelay));
    TargetApplier applier =
        new TargetApplier(
            cluster,
            compute,
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
