package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.NOW;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.namespaced;
import static io.podidentity.api.fixture.Samples.node;
import static io.podidentity.api.fixture.Samples.unusable;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.assignment.PlannedStep.Action;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.Provenance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One pod {@code default/web}, bound to identity {@code default/x}, and variations. */
final class PlanReasonsTest {
  private static final Pod WEB = bound("default/web", "app");
  private static final AzureIdentity X = identity("default/x");
  private static final IdentityBinding BINDING = binding("default/x", "x", "app");

  private final List<Pod> pods = new ArrayList<>(List.of(WEB));
  private final List<AzureIdentity> identities = new ArrayList<>(List.of(X));
  private final List<IdentityBinding> bindings = new ArrayList<>(List.of(BINDING));
  private final List<AssignedIdentity> records = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>(List.of(node("n1"), node("n2")));
  private Duration detachDelay = Duration.ZERO;

  @Test
  void aNewRecordIsThereBecauseABindingSelectsThePod() {
    assertThat(steps())
        .containsExactly(
            new PlannedStep(
                machine("n1"),
                Action.CREATE,
                name("default/web-default-x"),
                WEB.name(),
                BINDING.name(),
                X.name(),
                "AzureIdentityBinding default/x selects its label app"));
  }

  @Test
  void whatIsAsItShouldBeIsNoStep() {
    records.add(record(WEB, X).build());

    assertThat(steps()).isEmpty();
  }

  @Test
  void aRecordThatIsNotAssignedIsConfirmed() {
    records.add(record(WEB, X).state(AssignmentState.CREATED).build());

    assertOnly(Action.CONFIRM, "its record says Created, not Assigned");
  }

  @Test
  void allThatChangedIsSaid() {
    records.add(record(WEB, X).build());
    pods.set(0, pod("default/web").uid("next").bindingLabel("app").build());
    identities.set(0, identity("default/x", "other"));
    bindings.set(0, binding("default/y", "x", "app"));

    assertOnly(
        Action.UPDATE,
        "the pod was replaced by another of its name, AzureIdentityBinding default/y has changed,"
            + " AzureIdentity default/x has changed");
  }

  @Test
  void anotherNodeOfTheSameMachineIsSaid() {
    records.add(record(WEB, X).node("n2").build());
    nodes.set(1, node("n2", machine("n1")));

    assertOnly(Action.UPDATE, "the pod is on node n1 now");
  }

  @Test
  void whatARecordHadBeforeIsShed() {
    records.add(
        record(WEB, X)
            .provenance(
                Provenance.UNKNOWN.adding(
                    machine("n1"), Set.of(identityId("x"), identityId("before"))))
            .build());

    assertOnly(Action.SHED, "it was put there for what AzureIdentity default/x said before");
  }

  @Test
  void releaseAndRemovalHaveTheSameReasons() {
    records.add(record(WEB, X).build());
    pods.clear();
    assertOnly(Action.REMOVE, "pod default/web is gone, or has lost its label aadpodidbinding");

    detachDelay = Duration.ofMinutes(2);
    assertOnly(Action.RELEASE, "pod default/web is gone, or has lost its label aadpodidbinding");
  }

  @Test
  void aRecordThatIsBeingDeletedGoes() {
    records.add(record(WEB, X).terminating().build());

    assertOnly(Action.REMOVE, "it is being deleted");
  }

  @Test
  void thePodWasReplacedOnAnotherMachine() {
    records.add(record(WEB, X).build());
    pods.set(0, pod("default/web").uid("next").node("n2").bindingLabel("app").build());

    assertOnly(Action.REMOVE, "pod default/web was replaced by another of its name");
  }

  @Test
  void thePodHasEnded() {
    records.add(record(WEB, X).build());
    pods.set(0, pod("default/web").bindingLabel("app").phase(PodPhase.SUCCEEDED).build());

    assertOnly(Action.REMOVE, "pod default/web has ended: succeeded");
  }

  @Test
  void theNodeIsGone() {
    records.add(record(WEB, X).build());
    nodes.clear();

    assertOnly(Action.REMOVE, "the node of pod default/web is gone");
  }

  @Test
  void theRecordSaysAnotherNode() {
    records.add(record(WEB, X).node("n2").build());

    assertOnly(Action.REMOVE, "pod default/web is on node n1, and not on n2");
  }

  @Test
  void theNodeIsAnotherMachineNow() {
    records.add(
        record(WEB, X)
            .provenance(Provenance.UNKNOWN.adding(machine("before"), Set.of(identityId("x"))))
            .build());

    assertOnly(Action.REMOVE, "node n1 is another machine now");
  }

  @Test
  void theIdentityIsGone() {
    records.add(record(WEB, X).build());
    identities.clear();

    assertOnly(Action.REMOVE, "AzureIdentity default/x is gone");
  }

  @Test
  void theIdentityCannotBeUsed() {
    records.add(record(WEB, X).build());
    identities.set(0, unusable("default/x"));

    assertOnly(
        Action.REMOVE, "AzureIdentity default/x cannot be used: Invalid resource id: nonsense");
  }

  @Test
  void theIdentityIsKeptToItsNamespace() {
    AzureIdentity kept = namespaced(identity("team/x"));
    records.add(record(WEB, identity("team/x")).build());
    identities.set(0, kept);
    bindings.set(0, binding("team/x", "x", "app"));

    assertOnly(Action.REMOVE, "AzureIdentity team/x is for pods of its own namespace");
  }

  @Test
  void theBindingIsGone() {
    records.add(record(WEB, X).build());
    bindings.clear();

    assertOnly(Action.REMOVE, "AzureIdentityBinding default/x is gone");
  }

  @Test
  void theBindingSelectsAnotherLabel() {
    records.add(record(WEB, X).build());
    bindings.set(0, binding("default/x", "x", "apps"));

    assertOnly(
        Action.REMOVE, "AzureIdentityBinding default/x selects apps, and the pod's label is app");
  }

  @Test
  void theBindingNamesAnotherIdentity() {
    records.add(record(WEB, X).build());
    identities.add(identity("default/y"));
    bindings.set(0, binding("default/x", "y", "app"));

    assertThat(steps())
        .filteredOn(step -> step.action() == Action.REMOVE)
        .extracting(PlannedStep::why)
        .containsExactly("AzureIdentityBinding default/x names AzureIdentity y now");
  }

  @Test
  void theRecordHasAnotherName() {
    records.add(record(WEB, X).build());
    records.add(record(WEB, X).name("default/by-hand").build());

    assertOnly(Action.REMOVE, "the record for this is default/web-default-x");
  }

  private void assertOnly(Action action, String why) {
    assertThat(steps())
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.action()).isEqualTo(action);
              assertThat(step.why()).isEqualTo(why);
            });
  }

  private List<PlannedStep> steps() {
    ClusterSnapshot snapshot = new ClusterSnapshot(pods, identities, bindings, records, nodes, NOW);
    PlannerOptions options = new PlannerOptions(false, Set.of(), "", false, detachDelay);
    return new PlanReasons(snapshot, false).of(new AssignmentPlanner(options).plan(snapshot));
  }
}
