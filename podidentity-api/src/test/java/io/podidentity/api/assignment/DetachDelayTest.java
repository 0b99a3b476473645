package io.podidentity.api.assignment;

import static io.podidentity.api.assignment.Scene.N1;
import static io.podidentity.api.fixture.Samples.identityId;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignmentState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An identity that nothing needs any more stays on its machine for two minutes. */
class DetachDelayTest {
  private static final Duration DELAY = Duration.ofMinutes(2);

  private final Scene scene = new Scene(DELAY);

  @Test
  void theRecordStaysUnassignedUntilTheDelayIsOver() {
    assignedAndGone();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(scene.plan().targets()).isEmpty();
    assertThat(scene.plan().next()).isEqualTo(Samples.NOW.plus(DELAY));

    scene.clock.advance(DELAY.minusMillis(1));
    assertThat(scene.plan().targets()).isEmpty();

    scene.clock.advance(Duration.ofMillis(1));
    scene.run();
    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
    assertThat(scene.plan().next()).isNull();
  }

  @Test
  void aPodOfTheSameNameRevivesItWithoutAskingAzure() {
    assignedAndGone();
    scene.log.calls().clear();
    scene.azure.reads().clear();

    scene.pod("web", "x", "second");
    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("web", "x").podUid()).isEqualTo("second");
    assertThat(scene.log.calls()).containsExactly("replace default/web-default-x Assigned");
    assertThat(scene.azure.reads()).isEmpty();
    scene.clock.advance(DELAY);
    assertThat(scene.plan().targets()).isEmpty();
  }

  @Test
  void theSamePodRevivesIt() {
    assignedAndGone();

    scene.pod("web", "x");
    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    scene.clock.advance(DELAY);
    assertThat(scene.plan().targets()).isEmpty();
    scene.gone("web");
    scene.run();
    assertThat(scene.plan().next()).isEqualTo(scene.clock.instant().plus(DELAY));
  }

  @Test
  void anotherPodOfTheIdentityKeepsItAndTheOldRecordGoes() {
    assignedAndGone();
    scene.log.calls().clear();

    scene.pod("api", "x");
    scene.run();

    assertThat(scene.log.calls())
        .containsExactly("create default/api-default-x Assigned", "delete default/web-default-x");
    scene.clock.advance(DELAY);
    assertThat(scene.plan().targets()).isEmpty();
  }

  @Test
  void ofTwoThatWaitTheFirstGoesAndTheLastTakesItOff() {
    scene.pod("web", "x");
    scene.pod("api", "x");
    scene.run();
    scene.gone("api");
    scene.gone("web");
    scene.run();
    assertThat(scene.cluster.records()).hasSize(1);
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));

    scene.clock.advance(DELAY);
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** As in a namespace that is being deleted, which nothing may hold up. */
  @Test
  void aRecordThatIsBeingDeletedDoesNotWait() {
    scene.pod("web", "x");
    scene.run();
    scene.gone("web");
    scene.cluster.put(scene.terminating("web", "x"));
    scene.log.calls().clear();

    scene.run();

    assertThat(scene.log.calls()).containsExactly("detach n1 x", "delete default/web-default-x");
    assertThat(scene.plan().next()).isNull();
  }

  /** Its namespace is being deleted while it waits. */
  @Test
  void aRecordThatIsDeletedWhileItWaitsWaitsNoLonger() {
    assignedAndGone();
    scene.cluster.put(scene.terminating("web", "x"));

    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void whatAChangedIdentityLeavesBehindWaitsToo() {
    scene.pod("web", "x");
    scene.run();
    scene.cluster.put(Samples.identity("default/x", "new"));
    scene.run();
    assertThat(scene.azure.on(N1)).containsExactlyInAnyOrder(identityId("x"), identityId("new"));
    assertThat(scene.plan().next()).isEqualTo(Samples.NOW.plus(DELAY));

    scene.clock.advance(DELAY);
    scene.run();

    assertThat(scene.azure.on(N1)).containsExactly(identityId("new"));
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("web", "x").provenance().unneededSince()).isNull();
    assertThat(scene.plan().targets()).isEmpty();
    assertThat(scene.plan().next()).isNull();
  }

  private void assignedAndGone() {
    scene.pod("web", "x");
    scene.run();
    scene.gone("web");
    scene.run();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }

  /** Of two that leave, one goes at once and the other waits: what both put there waits too. */
  @Test
  void whatAnotherRecordWaitsWithStaysForItAlsoIfOneGoesAtOnce() {
    scene.pod("api", "x");
    scene.pod("web", "x");
    scene.run();
    scene.gone("api");
    scene.gone("web");
    scene.cluster.put(scene.terminating("api", "x"));

    scene.run();

    assertThat(scene.cluster.records()).hasSize(1);
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    scene.clock.advance(DELAY);
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void whatAChangedIdentityLeavesBehindStaysForItAlsoIfAnotherGoesAtOnce() {
    scene.pod("web", "x");
    scene.pod("api", "y");
    scene.cluster.put(Samples.identity("default/y", "x"));
    scene.run();
    scene.cluster.put(Samples.identity("default/x", "new"));
    scene.run();
    scene.gone("api");
    scene.cluster.put(scene.terminating("api", "y"));

    scene.run();

    assertThat(scene.cluster.records()).hasSize(1);
    assertThat(scene.azure.on(N1)).contains(identityId("x"));
  }

  @Test
  void nothingIsWrittenOfWhatAnotherStillWaitsWith() {
    scene.pod("api", "x");
    scene.pod("web", "y");
    scene.cluster.put(Samples.identity("default/y", "x"));
    scene.run();
    scene.cluster.put(Samples.identity("default/x", "new"));
    scene.run();
    scene.clock.advance(DELAY.minusSeconds(1));
    scene.cluster.put(Samples.identity("default/y", "other"));
    scene.run();
    scene.log.calls().clear();
    scene.clock.advance(Duration.ofSeconds(1));

    scene.run();

    assertThat(scene.log.calls()).isEmpty();
    assertThat(scene.azure.on(N1)).contains(identityId("x"));
    scene.clock.advance(DELAY);
    scene.run();
    assertThat(scene.azure.on(N1)).doesNotContain(identityId("x"));
  }

  /** v1 was about to take it off, and did not come to it. */
  @Test
  void whatV1HasUnassignedDoesNotWait() {
    scene.azure.put(N1, identityId("x"));
    scene.cluster.put(ofV1().state(AssignmentState.UNASSIGNED).build());

    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** A clock that was wrong when it was written must not make it wait for years. */
  @Test
  void aTimeThatIsYetToComeIsNotWaitedFor() {
    assignedAndGone();
    scene.clock.advance(Duration.ofHours(-1));

    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
  }

  /** The clock of the leader before was a little ahead, or this one's was set back. */
  @ParameterizedTest
  @ValueSource(longs = {100, 120_000})
  void aTimeThatIsALittleAheadIsWaitedFor(long millis) {
    assignedAndGone();
    scene.clock.advance(Duration.ofMillis(-millis));

    scene.run();

    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    assertThat(scene.plan().next()).isEqualTo(Samples.NOW.plus(DELAY));
    scene.clock.advance(DELAY.plusMillis(millis));
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** As for a leader that has just begun, whose picture of the cluster may be an old one. */
  @Test
  void whileAllIsKeptNothingIsReleasedAndWhatComesIsAssigned() {
    scene.pod("web", "x");
    scene.pod("api", "y");
    scene.pod("moved", "z");
    scene.run();
    scene.gone("web");
    scene.run();
    scene.clock.advance(DELAY);
    scene.gone("api");
    scene.cluster.put(Samples.identity("default/z", "new"));
    scene.pod("late", "x");
    scene.keepsAll = true;

    scene.run();

    assertThat(scene.record("late", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("moved", "z").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(scene.record("api", "y").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("moved", "z").identity()).isEqualTo(Samples.identity("default/z"));
    assertThat(scene.azure.on(N1))
        .containsExactlyInAnyOrder(identityId("x"), identityId("y"), identityId("z"));
    assertThat(scene.plan().targets()).isEmpty();
    scene.keepsAll = false;
    scene.run();
    assertThat(scene.azure.on(N1)).contains(identityId("new"));
    assertThat(scene.record("api", "y").state()).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(scene.cluster.records()).hasSize(3);
  }

  @Test
  void theEarliestOfThoseThatWaitIsNext() {
    scene.pod("web", "x");
    scene.pod("api", "y");
    scene.run();
    scene.gone("web");
    scene.run();
    scene.clock.advance(Duration.ofSeconds(30));
    scene.gone("api");
    scene.run();

    assertThat(scene.plan().next()).isEqualTo(Samples.NOW.plus(DELAY));
  }

  @Test
  void aRecordWhoseNameIsNeededOnAnotherMachineDoesNotWait() {
    scene.pod("web", "x");
    scene.run();
    scene.cluster.put(Samples.node("n2"));
    scene.cluster.put(
        PodBuilder.pod("default/web").bindingLabel("x").node("n2").uid("second").build());

    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
    scene.run();

    assertThat(scene.record("web", "x").nodeName()).isEqualTo("n2");
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  /** What waits says on which machine it is, v1's too. */
  @Test
  void aMachineWhoseNodeGoesWhileOneOfV1sRecordsWaitsIsGivenBack() {
    scene.azure.put(N1, identityId("x"));
    scene.cluster.put(ofV1().build());
    scene.run();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    scene.cluster.removeNode("n1");

    scene.clock.advance(DELAY);
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  private static RecordBuilder ofV1() {
    return RecordBuilder.record(
            PodBuilder.pod("default/old").bindingLabel("x").node("n1").build(),
            Samples.identity("default/x"))
        .podUid(null);
  }
}
