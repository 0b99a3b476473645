package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.namespaced;
import static io.podidentity.api.fixture.Samples.node;
import static io.podidentity.api.fixture.Samples.scaleSet;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.unusable;
import static io.podidentity.api.fixture.Samples.withCredential;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One pod {@code default/web} on {@code n1}, bound to identity {@code default/x}, and variations.
 */
class AssignmentPlannerTest {
  private static final Pod WEB = bound("default/web", "app");
  private static final AzureIdentity X = identity("default/x");

  private final List<Pod> pods = new ArrayList<>(List.of(WEB));
  private final List<AzureIdentity> identities = new ArrayList<>(List.of(X));
  private final List<IdentityBinding> bindings =
      new ArrayList<>(List.of(binding("default/x", "x", "app")));
  private final List<AssignedIdentity> records = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>(List.of(node("n1"), node("n2")));
  private PlannerOptions options = new PlannerOptions(false, Set.of());

  @Test
  void whatIsNewIsRecordedAndAttached() {
    TargetPlan plan = onlyPlan();

    assertThat(plan.target()).isEqualTo(machine("n1"));
    assertThat(plan.creates())
        .extracting(desired -> desired.record())
        .containsExactly(name("default/web-default-x"));
    assertThat(plan.attach()).containsExactly(identityId("x"));
    assertThat(plan.confirms()).isEmpty();
    assertThat(plan.updates()).isEmpty();
    assertNoRemoval(plan);
  }

  @Test
  void whatIsRecordedAndAssignedNeedsNothing() {
    records.add(assigned().build());

    assertThat(plan().targets()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATED", "UNASSIGNED"})
  void whatIsRecordedButNotAssignedIsAttachedAndConfirmed(AssignmentState state) {
    records.add(assigned().state(state).build());

    TargetPlan plan = onlyPlan();

    assertThat(plan.confirms())
        .containsExactly(new TargetPlan.Change(records.get(0), desired(plan.confirms())));
    assertThat(plan.attach()).containsExactly(identityId("x"));
    assertThat(plan.creates()).isEmpty();
    assertNoRemoval(plan);
  }

  /** Whoever has it may do what the cluster may. */
  @Test
  void theClustersOwnIdentityIsGivenAndItsOwnerIsTold() {
    identities.add(identity("default/y"));
    options =
        new PlannerOptions(
            false, Set.of(), clientId("x").value().toUpperCase(Locale.ROOT), false, Duration.ZERO);

    assertThat(onlyPlan().attach()).containsExactly(identityId("x"));
    assertThat(plan().notices())
        .singleElement()
        .satisfies(notice -> assertThat(notice.object()).isEqualTo(X.name()))
        .satisfies(notice -> assertThat(notice.text()).contains("give them one of their own"));
  }

  @Test
  void theClustersOwnIdentityIsGivenToNobodyWhereItIsRefused() {
    identities.add(identity("default/y"));
    bindings.add(binding("default/y", "y", "app"));
    options =
        new PlannerOptions(
            false, Set.of(), identityId("x").value().toUpperCase(Locale.ROOT), true, Duration.ZERO);

    assertThat(onlyPlan().attach()).containsExactly(identityId("y"));
    assertThat(plan().notices())
        .singleElement()
        .satisfies(notice -> assertThat(notice.object()).isEqualTo(X.name()))
        .satisfies(notice -> assertThat(notice.text()).contains("no pod gets it"));
  }

  @Test
  void withoutAClusterIdentityNobodyIsTold() {
    identities.add(unusable("default/z"));

    assertThat(plan().notices()).isEmpty();
  }

  @Test
  void plansStandInTheOrderOfTheirTargets() {
    for (int i = 9; i > 0; i--) {
      nodes.add(node("order" + i));
      pods.add(pod("default/pod" + i).bindingLabel("app").node("order" + i).build());
    }

    assertThat(plan().targets())
        .hasSize(10)
        .extracting(target -> String.valueOf(target.target()))
        .isSorted();
  }

  @Test
  void anEditOfMetadataRewritesNothing() {
    records.add(assigned().build());
    identities.set(0, new AzureIdentity(X.name(), "recreated", 9, false, X.credential()));

    assertThat(plan().targets()).isEmpty();
  }

  @Test
  void anIdentityThatChangedIsAttachedAndTheOldOneReplaced() {
    records.add(assigned().build());
    identities.set(0, identity("default/x", "renamed"));

    TargetPlan plan = onlyPlan();

    assertThat(plan.updates())
        .containsExactly(new TargetPlan.Change(records.get(0), desired(plan.updates())));
    assertThat(plan.attach()).containsExactly(identityId("renamed"));
    // Not before the new one is there: another plan takes it off.
    assertThat(plan.detach()).isEmpty();
  }

  @Test
  void anotherClientIdOfTheSameResourceDetachesNothing() {
    records.add(assigned().build());
    identities.set(
        0,
        withCredential(
            "default/x", new Credential.ManagedIdentity(identityId("x"), clientId("right"))));

    TargetPlan plan = onlyPlan();

    assertThat(plan.updates()).hasSize(1);
    assertThat(plan.detach()).isEmpty();
  }

  @Test
  void aPodOfTheSameNameOnTheSameNodeTakesOverTheRecord() {
    records.add(assigned().podUid("earlier").build());

    TargetPlan plan = onlyPlan();

    assertThat(plan.updates()).hasSize(1);
    assertNoRemoval(plan);
  }

  @Test
  void aRecordOfVersionOneIsTheLivingPods() {
    records.add(assigned().podUid(null).build());

    assertThat(plan().targets()).isEmpty();
  }

  @Test
  void aPodOfTheSameNameOnAnotherNodeGetsANewRecordAfterTheOldOneIsGone() {
    records.add(assigned().node("n2").build());

    TargetPlan first = onlyPlan();
    assertThat(first.target()).isEqualTo(machine("n2"));
    assertThat(first.removals()).containsExactlyElementsOf(records);
    assertThat(first.detach()).containsExactly(identityId("x"));

    records.clear();
    assertThat(onlyPlan().creates()).hasSize(1);
  }

  @Test
  void aPodThatMovesWithinItsScaleSetLosesNothing() {
    nodes.set(0, node("n1", scaleSet("pool")));
    nodes.set(1, node("n2", scaleSet("pool")));
    records.add(assigned().node("n2").build());

    TargetPlan plan = onlyPlan();

    assertThat(plan.updates()).hasSize(1);
    assertThat(plan.removals()).isEmpty();
    assertThat(plan.detach()).isEmpty();
  }

  @Test
  void aRecordThatIsBeingDeletedIsLetGoBeforeANewOneIsWritten() {
    records.add(assigned().terminating().build());

    TargetPlan plan = onlyPlan();

    assertThat(plan.removals()).hasSize(1);
    assertThat(plan.creates()).isEmpty();
    // Or nobody would know that MIC put it there.
    assertThat(plan.detach()).containsExactly(identityId("x"));
  }

  @ParameterizedTest
  @EnumSource(names = {"ASSIGNED", "UNASSIGNED"})
  void whatNothingDesiresIsDetachedAndRemoved(AssignmentState state) {
    records.add(assigned().state(state).build());
    pods.clear();

    TargetPlan plan = onlyPlan();

    assertThat(plan.target()).isEqualTo(machine("n1"));
    assertThat(plan.removals()).containsExactlyElementsOf(records);
    assertThat(plan.detach()).containsExactly(identityId("x"));
    assertThat(plan.attach()).isEmpty();
  }

  @Test
  void aRecordThatDoesNotSayThatItWasAssignedDetachesNothing() {
    records.add(assigned().state(AssignmentState.CREATED).build());
    pods.clear();

    TargetPlan plan = onlyPlan();

    assertThat(plan.removals()).hasSize(1);
    assertThat(plan.detach()).isEmpty();
  }

  @Test
  void anIdentityThatBecameUnusableIsDetached() {
    records.add(assigned().build());
    identities.set(0, unusable("default/x"));

    assertThat(onlyPlan().detach()).containsExactly(identityId("x"));
    assertThat(plan().problems())
        .containsOnlyKeys(new ObjectReference("AzureIdentity", name("default/x")));
  }

  @Test
  void aSharedScaleSetKeepsTheIdentityUntilTheLastPodGoes() {
    nodes.set(0, node("n1", scaleSet("pool")));
    nodes.set(1, node("n2", scaleSet("POOL")));
    Pod second = pod("other/web").bindingLabel("app").node("n2").build();
    pods.add(second);
    records.add(assigned().build());
    records.add(record(second, X).binding(bindings.get(0)).build());
    assertThat(plan().targets()).isEmpty();

    pods.remove(second);
    TargetPlan one = onlyPlan();
    assertThat(one.removals()).hasSize(1);
    assertThat(one.detach()).isEmpty();

    records.remove(1);
    pods.clear();
    assertThat(onlyPlan().detach()).containsExactly(identityId("x"));
  }

  @Test
  void anIdentityWrittenInAnotherCaseIsTheSameIdentity() {
    ResourceId upper = new ResourceId(identityId("x").value().toUpperCase(Locale.ROOT));
    AzureIdentity other =
        withCredential("default/other", new Credential.ManagedIdentity(upper, clientId("x")));
    records.add(assigned().build());
    records.add(record(bound("default/gone", "app"), other).build());

    TargetPlan plan = onlyPlan();

    assertThat(plan.removals()).hasSize(1);
    assertThat(plan.detach()).isEmpty();
  }

  @Test
  void whatAnUpdateLeavesBehindStaysWhileAnotherNeedsIt() {
    identities.set(0, identity("default/x", "renamed"));
    identities.add(identity("default/y", "x"));
    bindings.add(binding("default/y", "y", "app"));
    records.add(assigned().build());

    TargetPlan plan = onlyPlan();

    assertThat(plan.updates()).hasSize(1);
    assertThat(plan.detach()).isEmpty();
    assertThat(plan.attach()).containsExactlyInAnyOrder(identityId("x"), identityId("renamed"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "resource", "upper"})
  void anImmutableIdentityIsNeverDetached(String by) {
    String id = by.equals("client") ? clientId("x").value() : identityId("x").value();
    options =
        new PlannerOptions(
            false, Set.of(by.equals("upper") ? " " + id.toUpperCase(Locale.ROOT) : id));
    records.add(assigned().build());
    pods.clear();

    TargetPlan plan = onlyPlan();

    assertThat(plan.removals()).hasSize(1);
    assertThat(plan.detach()).isEmpty();
  }

  @Test
  void aServicePrincipalIsRecordedAndNothingAttached() {
    identities.set(0, servicePrincipal("default/x"));
    assertThat(onlyPlan().creates()).hasSize(1);
    assertThat(onlyPlan().attach()).isEmpty();

    records.add(record(WEB, identities.get(0)).binding(bindings.get(0)).build());
    assertThat(plan().targets()).isEmpty();
    pods.clear();
    assertThat(onlyPlan().detach()).isEmpty();
  }

  @Test
  void aPodOfAnUnknownNodeWaitsForItsNode() {
    nodes.clear();

    assertThat(plan().targets()).isEmpty();
  }

  @Test
  void aRecordOfAnUnknownNodeIsRemovedWithoutAzure() {
    records.add(assigned().build());
    records.add(record(pod("default/foreign").node(null).build(), identity("default/y")).build());
    nodes.clear();

    TargetPlan plan = onlyPlan();

    assertThat(plan.target()).isNull();
    assertThat(plan.removals()).hasSize(2);
  }

  @Test
  void aPodOfANodeWithoutAMachineIsPlannedForNoTarget() {
    nodes.set(0, node("n1", null));

    assertThat(onlyPlan().target()).isNull();
    assertThat(onlyPlan().creates()).hasSize(1);
  }

  @Test
  void targetsAndWhatIsDoneOnThemComeInAStableOrder() {
    pods.clear();
    for (int i = 0; i < 8; i++) {
      pods.add(pod("default/web-" + i).bindingLabel("app").node("n" + (2 - i % 2)).build());
      identities.add(identity("default/x" + i));
      bindings.add(binding("default/x" + i, "x" + i, "app"));
    }

    AssignmentPlan plan = plan();

    assertThat(plan.targets())
        .extracting(TargetPlan::target)
        .containsExactly(machine("n1"), machine("n2"));
    assertThat(plan.targets().get(0).attach())
        .extracting(ResourceId::name)
        .containsExactly("x", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7");
  }

  @Test
  void aNamespacedIdentityIsRecordedInItsNamespace() {
    identities.set(0, namespaced(X));
    pods.add(bound("other/web", "app"));
    assertThat(onlyPlan().creates())
        .extracting(desired -> desired.record())
        .containsExactly(name("default/web-default-x"));

    options = new PlannerOptions(true, Set.of());
    assertThat(onlyPlan().creates()).hasSize(1);
  }

  private RecordBuilder assigned() {
    return record(WEB, X).binding(bindings.get(0));
  }

  private static DesiredAssignment desired(List<TargetPlan.Change> changes) {
    return changes.get(0).desired();
  }

  private AssignmentPlan plan() {
    return new AssignmentPlanner(options)
        .plan(new ClusterSnapshot(pods, identities, bindings, records, nodes, Samples.NOW));
  }

  private TargetPlan onlyPlan() {
    assertThat(plan().targets()).hasSize(1);
    return plan().targets().get(0);
  }

  private static void assertNoRemoval(TargetPlan plan) {
    assertThat(plan.removals()).isEmpty();
    assertThat(plan.releases()).isEmpty();
    assertThat(plan.leftovers()).isEmpty();
    assertThat(plan.detach()).isEmpty();
  }
}
