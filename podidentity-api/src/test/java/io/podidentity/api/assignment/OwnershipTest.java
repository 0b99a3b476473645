package io.podidentity.api.assignment;

import static io.podidentity.api.assignment.Scene.N1;
import static io.podidentity.api.fixture.Samples.identityId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.Credential.ManagedIdentity;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what MIC put on a machine goes off it. */
class OwnershipTest {
  private final Scene scene = new Scene(Duration.ZERO);

  @Test
  void whatIsAboutToBeAttachedIsInTheRecordBefore() {
    scene.pod("web", "x");
    scene.azure.reject(identityId("x"));

    scene.run();

    assertThat(scene.record("web", "x").provenance().target()).isEqualTo(N1);
    assertThat(scene.record("web", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));
  }

  @Test
  void whatWasThereBeforeIsNeverTakenOff() {
    scene.azure.put(N1, identityId("x"));
    scene.pod("web", "x");
    scene.run();
    assertThat(scene.record("web", "x").provenance().added()).isEmpty();

    scene.gone("web");
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }

  @Test
  void aLaterRecordInheritsThatMicPutItThere() {
    scene.pod("web", "x");
    scene.run();
    scene.pod("api", "x");
    scene.run();
    assertThat(scene.record("api", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));

    scene.gone("web");
    scene.run();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));

    scene.gone("api");
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void aLaterRecordInheritsThatItWasThereBefore() {
    scene.azure.put(N1, identityId("x"));
    scene.pod("web", "x");
    scene.run();
    scene.azure.remove(N1, identityId("x"));
    scene.pod("api", "x");
    scene.check();

    assertThat(scene.record("api", "x").provenance().added()).isEmpty();
  }

  @Test
  void whatVersionOneAssignedIsMics() {
    scene.azure.put(N1, identityId("x"));
    scene.cluster.put(ofVersionOne("old", "x").build());
    scene.pod("web", "x");
    scene.run();

    assertThat(scene.record("web", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));
    scene.gone("web");
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void whatVersionOneHasNotAssignedMayBeAnothers() {
    scene.azure.put(N1, identityId("x"));
    scene.cluster.put(ofVersionOne("old", "x").state(AssignmentState.CREATED).build());

    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }

  @Test
  void whatADeadMicAttachedGoesThoughItNeverCameToSaySo() {
    scene.pod("web", "x");
    // Create, attach, Assigned: two boundaries each.
    scene.log.killAt(3);
    assertThatThrownBy(scene::run).isInstanceOf(CallLog.Killed.class);
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    scene.log.restart();

    scene.gone("web");
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void whatNoRecordCouldBeWrittenForIsNotForgottenWithTheLastThatKnowsOfIt() {
    scene.pod("web", "x");
    scene.run();
    scene.gone("web");
    scene.pod("api", "x");
    // Announcing web is the first write, creating api the second.
    scene.log.failAt(
        scene.log.boundaries() + 2,
        new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "away"));
    scene.run();
    assertThat(scene.cluster.records()).hasSize(1);

    scene.run();
    scene.gone("api");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** With the record goes the knowledge of whose the identity is, so the identity goes too. */
  @Test
  void whatSomebodyDeletedTheRecordOfIsStillMicsWhenItsPodGoes() {
    scene.pod("web", "x");
    scene.run();
    scene.cluster.put(scene.terminating("web", "x"));

    scene.run();
    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();

    scene.run();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    scene.gone("web");
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void whatSomebodyDeletedTheRecordOfStaysForAnotherPodThatKnowsWhoseItIs() {
    scene.pod("web", "x");
    scene.run();
    scene.pod("api", "x");
    scene.cluster.put(scene.terminating("web", "x"));

    scene.run();

    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    assertThat(scene.record("api", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));
  }

  /** One that is left alone for its wrong client ID needs the identity too, as far as it goes. */
  @Test
  void whatARecordThatIsLeftAloneDoesNotKnowIsNotForgottenWithTheLastThatDoes() {
    scene.pod("web", "y");
    wrongClientId("y", "x");
    scene.run();
    scene.gone("web");
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
    scene.pod("later", "y");
    wrongClientId("y", "x");
    scene.run();
    assertThat(scene.record("later", "y").provenance().isKnown()).isFalse();
    scene.pod("api", "x");
    scene.run();

    scene.gone("api");
    scene.run();
    scene.gone("later");
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** The same of one that knows whose the identity is that it had before. */
  @Test
  void whatAnUpdateThatIsLeftAloneDoesNotKnowIsNotForgottenWithTheLastThatDoes() {
    scene.pod("web", "y");
    wrongClientId("y", "x");
    scene.run();
    scene.gone("web");
    scene.run();
    scene.pod("later", "y");
    scene.run();
    assertThat(scene.record("later", "y").state()).isEqualTo(AssignmentState.ASSIGNED);
    scene.pod("api", "x");
    scene.run();
    wrongClientId("y", "x");
    scene.run();

    scene.gone("api");
    scene.run();
    scene.gone("later");
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** As in the first pass after an upgrade from v1, while Azure throttles. */
  @Test
  void whatCouldNotBeLookedAtIsNotForgottenWithTheLastThatKnowsOfIt() {
    scene.azure.put(N1, identityId("x"));
    scene.pod("web", "x");
    scene.cluster.put(
        ofVersionOne("web", "x")
            .binding(Samples.binding("default/x", "x", "x"))
            .state(AssignmentState.CREATED)
            .build());
    scene.cluster.put(ofVersionOne("old", "x").build());
    scene.azure.fail(new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "429"));
    scene.run();
    scene.azure.fail(null);
    scene.run();
    assertThat(scene.cluster.records()).hasSize(1);

    scene.gone("web");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** As while MIC lacks a role, and an administrator attaches it in the meantime. */
  @Test
  void whatAzureRefusedMicAndOthersAttachedIsTheirs() {
    scene.pod("web", "x");
    scene.azure.reject(identityId("x"));
    scene.run();
    assertThat(scene.record("web", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));
    scene.azure.put(N1, identityId("x"));
    scene.clock.advance(Duration.ofMinutes(10));
    scene.pod("api", "x");
    scene.log.calls().clear();

    scene.run();

    assertThat(scene.log.calls())
        .containsExactlyInAnyOrder(
            "create default/api-default-x Assigned", "state default/web-default-x Assigned");
    assertThat(scene.record("web", "x").provenance().added()).isEmpty();
    assertThat(scene.record("api", "x").provenance().added()).isEmpty();
    scene.gone("web");
    scene.gone("api");
    scene.run();
    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }

  @Test
  void whatAzureRefusedMicAndOthersAttachedBeforeTheRecordGoesIsTheirs() {
    scene.pod("web", "x");
    scene.azure.reject(identityId("x"));
    scene.run();
    scene.azure.put(N1, identityId("x"));
    scene.gone("web");

    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }

  /** Nobody can tell whose it is: the record is about to say that MIC puts it there. */
  @Test
  void whatOthersAttachBetweenMicsLookAndItsChangeCountsAsMics() {
    scene.pod("web", "x");
    scene.log.checkAtEachBoundary(
        () -> {
          assertThat(scene.azure.reads()).hasSize(1);
          scene.azure.put(N1, identityId("x"));
          scene.log.checkAtEachBoundary(() -> {});
        });
    scene.run();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("web", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));

    scene.gone("web");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void whatMicAttachedAfterARefusalIsMics() {
    scene.pod("web", "x");
    scene.azure.reject(identityId("x"));
    scene.run();
    scene.azure.accept(identityId("x"));
    scene.clock.advance(Duration.ofMinutes(10));
    scene.run();
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));

    scene.gone("web");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** An operation that is accepted may fail after it has done what it should. */
  @Test
  void whatARefusedChangeLeftBehindIsMics() {
    scene.pod("web", "x");
    scene.azure.reject(identityId("x"));
    scene.azure.makeHalf();
    scene.run();
    scene.clock.advance(Duration.ofMinutes(10));
    scene.run();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);

    scene.gone("web");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** As v1 writes it, for a pod on n1: assigned, unless it says otherwise, and without a UID. */
  private static RecordBuilder ofVersionOne(String pod, String resource) {
    return RecordBuilder.record(
            PodBuilder.pod("default/" + pod).bindingLabel("x").node("n1").build(),
            Samples.identity("default/x", resource))
        .podUid(null);
  }

  private void wrongClientId(String identity, String resource) {
    scene.cluster.put(
        Samples.withCredential(
            "default/" + identity,
            new ManagedIdentity(identityId(resource), Samples.clientId("another"))));
  }

  @Test
  void whatIsAboutToReplaceAnIdentityIsInTheRecordBefore() {
    scene.pod("web", "x");
    scene.run();
    scene.log.calls().clear();
    scene.cluster.put(Samples.identity("default/x", "new"));

    scene.run();

    assertThat(scene.log.calls())
        .startsWith("note default/web-default-x Assigned", "attach n1 new");
  }

  @Test
  void aMachineWhoseNodeIsGoneIsGivenBack() {
    scene.pod("web", "x");
    scene.run();
    scene.cluster.removeNode("n1");

    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** What is announced says on which machine it is, v1's too. */
  @Test
  void aMachineWhoseNodeGoesBeforeADetachSucceedsIsGivenBack() {
    scene.azure.put(N1, identityId("x"));
    scene.cluster.put(ofVersionOne("old", "x").build());
    scene.azure.fail(new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "429"));
    scene.run();
    scene.azure.fail(null);
    scene.cluster.removeNode("n1");

    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** Azure's answers are remembered for a while; what became of a change that failed is not. */
  @Test
  void whatAFailedDetachTookOffAllTheSameIsPutBackForTheNextPod() {
    scene.pod("web", "x");
    scene.run();
    scene.gone("web");
    scene.azure.checkDetach(
        (target, ids) -> {
          if (!ids.isEmpty()) {
            scene.azure.remove(target, identityId("x"));
            throw new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "lost sight of it");
          }
        });
    scene.run();
    scene.pod("api", "x");

    scene.run();

    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    assertThat(scene.record("api", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void whatIsRecordedWithoutALookSaysWhatAnotherRecordKnows() {
    scene.pod("web", "x");
    scene.run();
    scene.clock.advance(Duration.ofHours(1));
    scene.pod("api", "x");
    scene.azure.fail(new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "429"));

    scene.run();

    assertThat(scene.record("api", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));
  }

  /** Resource IDs may be immutable too, also those that a record had before. */
  @Test
  void anImmutableIdentityStaysWhenTheOneThatItsRecordIsAboutChanges() {
    Scene guarded = new Scene(Duration.ZERO, Set.of(identityId("x").value()));
    guarded.pod("web", "x");
    guarded.run();
    guarded.cluster.put(Samples.identity("default/x", "new"));

    guarded.run();
    guarded.run();

    assertThat(guarded.azure.on(N1)).containsExactlyInAnyOrder(identityId("x"), identityId("new"));
  }

  /** A record knows the client ID of the one that it is about, and of no other that it holds. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anIdentityThatIsImmutableByClientIdStaysWhenTheOneThatItsRecordIsAboutChanges(
      boolean clusters) {
    String clientId = Samples.clientId("kubelet").value().toUpperCase(Locale.ROOT);
    Scene guarded =
        new Scene(
            new PlannerOptions(
                false,
                clusters ? Set.of() : Set.of(clientId),
                clusters ? clientId : "",
                false,
                Duration.ZERO),
            ApplierOptions.DEFAULT);
    guarded.azure.put(N1, identityId("kubelet"));
    guarded.pod("web", "x");
    guarded.cluster.put(
        ofVersionOne("web", "kubelet").binding(Samples.binding("default/x", "x", "x")).build());
    guarded.run();
    assertThat(guarded.record("web", "x").provenance().added())
        .isEqualTo(Set.of(identityId("kubelet"), identityId("x")));

    guarded.run();

    assertThat(guarded.azure.on(N1))
        .containsExactlyInAnyOrder(identityId("kubelet"), identityId("x"));
    assertThat(guarded.record("web", "x").provenance().added()).isEqualTo(Set.of(identityId("x")));
    assertThat(guarded.plan().targets()).isEmpty();
    guarded.gone("web");
    guarded.run();
    assertThat(guarded.azure.on(N1)).containsExactly(identityId("kubelet"));
    assertThat(guarded.cluster.records()).isEmpty();
  }

  /** What MIC took it for is long ago, and Azure has to be asked. */
  @Test
  void whetherAnIdentityIsImmutableByClientIdIsAskedForAnewAndNothingGoesUntilThatIsKnown() {
    Scene guarded = new Scene(Duration.ZERO, Set.of(Samples.clientId("kubelet").value()));
    guarded.pod("web", "x");
    guarded.run();
    guarded.cluster.put(Samples.identity("default/x", "y"));
    guarded.run();
    guarded.azure.report(identityId("x"), Samples.clientId("kubelet").value());
    guarded.clock.advance(Duration.ofHours(1));
    guarded.azure.fail(new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "429"));
    guarded.run();
    assertThat(guarded.record("web", "x").provenance().added()).contains(identityId("x"));
    guarded.azure.fail(null);

    guarded.run();

    assertThat(guarded.azure.on(N1)).containsExactlyInAnyOrder(identityId("x"), identityId("y"));
    assertThat(guarded.record("web", "x").provenance().added()).isEqualTo(Set.of(identityId("y")));
  }
}
