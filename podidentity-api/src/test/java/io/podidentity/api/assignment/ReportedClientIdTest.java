package io.podidentity.api.assignment;

import static io.podidentity.api.assignment.Scene.N1;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.withCredential;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential.ManagedIdentity;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * An {@code AzureIdentity} with one's own resource ID and another's client ID must not yield the
 * other's tokens, as it does in AAD Pod Identity v1.
 */
class ReportedClientIdTest {
  private final Scene scene = new Scene(Duration.ZERO);

  @Test
  void whatAzureReportsOtherwiseIsNeverAssigned() {
    scene.pod("web", "x");
    scene.azure.report(identityId("x"), clientId("kubelet").value());

    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);
    assertThat(scene.telemetry.reports())
        .containsExactly("not assigned default/web-default-x: IDENTITY_INVALID");
  }

  @Test
  void itIsLookedAtAgainLaterAndCostsNothingUntilThen() {
    scene.pod("web", "x");
    scene.azure.report(identityId("x"), clientId("kubelet").value());
    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(10));
    scene.log.calls().clear();
    scene.azure.reads().clear();

    scene.run();
    assertThat(scene.azure.reads()).isEmpty();

    scene.clock.advance(Duration.ofSeconds(10));
    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(20));
    assertThat(scene.log.calls()).isEmpty();
    assertThat(scene.azure.reads()).hasSize(1);
  }

  @Test
  void manyPodsOfOneAreOneTry() {
    IntStream.range(0, 7).forEach(pod -> scene.pod("web" + pod, "x"));
    scene.azure.report(identityId("x"), clientId("kubelet").value());

    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(10));
    assertThat(scene.telemetry.reports()).doesNotHaveDuplicates().hasSize(7);

    scene.clock.advance(Duration.ofSeconds(10));
    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void manyPodsOfOneThatIsTakenBackAreOneTry() {
    IntStream.range(0, 7).forEach(pod -> scene.pod("web" + pod, "x"));
    scene.run();
    scene.azure.report(identityId("x"), clientId("kubelet").value());

    scene.check();

    scene.clock.advance(Duration.ofSeconds(10));
    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(20));
  }

  /** The user writes the new client ID; the machine still has the identity that was deleted. */
  @Test
  void oneThatWasMadeAnewIsAttachedAgainIfItStaysWithoutAClientId() {
    scene.pod("web", "x");
    scene.run();
    scene.azure.report(identityId("x"), "");
    ClientId renewed = clientId("renewed");
    scene.cluster.put(withCredential("default/x", new ManagedIdentity(identityId("x"), renewed)));
    scene.log.calls().clear();

    waitAndRun(0, 10, 20);
    assertThat(scene.log.calls()).noneMatch(call -> call.contains("tach n1"));
    scene.azure.renewed(identityId("x"), renewed.value());
    waitAndRun(40);

    assertThat(scene.log.calls()).containsSubsequence("detach n1 x", "attach n1 x");
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    scene.gone("web");
    scene.run();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  @Test
  void oneThatWasDeletedIsTakenOffAndRefusedUntilItIsMadeAnew() {
    scene.pod("web", "x");
    scene.azure.report(identityId("x"), "");
    scene.run();
    scene.azure.reject(identityId("x"));
    waitAndRun(10, 20, 40);
    assertThat(scene.azure.on(N1)).isEmpty();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);
    scene.azure.accept(identityId("x"));

    waitAndRun(600);

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void oneThatOthersAttachedIsLeftToThem() {
    scene.azure.put(N1, identityId("x"));
    scene.azure.report(identityId("x"), "");
    scene.pod("web", "x");

    waitAndRun(0, 10, 20, 40, 80, 160);

    assertThat(scene.log.calls()).noneMatch(call -> call.contains("tach n1"));
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);
  }

  private void waitAndRun(int... seconds) {
    for (int wait : seconds) {
      scene.clock.advance(Duration.ofSeconds(wait));
      scene.run();
    }
  }

  @Test
  void aCorrectedOneIsAssignedAtOnce() {
    scene.pod("web", "x");
    scene.azure.report(identityId("x"), clientId("right").value());
    scene.run();

    scene.cluster.put(
        withCredential("default/x", new ManagedIdentity(identityId("x"), clientId("right"))));
    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void anotherObjectOfTheSameIdentityWithTheRightIdIsAssigned() {
    scene.pod("web", "x");
    scene.pod("api", "y");
    scene.cluster.put(
        withCredential("default/y", new ManagedIdentity(identityId("x"), clientId("kubelet"))));

    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.record("api", "y").state()).isEqualTo(AssignmentState.CREATED);
  }

  @Test
  void withoutAReportedIdItIsNotAssignedYet() {
    scene.pod("web", "x");
    scene.azure.report(identityId("x"), "");
    scene.run();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);

    scene.azure.report(identityId("x"), clientId("x").value());
    scene.clock.advance(Duration.ofSeconds(10));
    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void oneThatIsAssignedAlreadyIsTakenBackWhenItIsLookedAt() {
    scene.pod("web", "x");
    scene.run();
    scene.azure.report(identityId("x"), clientId("kubelet").value());

    scene.check();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);
    assertThat(scene.telemetry.reports())
        .last()
        .isEqualTo("not assigned default/web-default-x: IDENTITY_INVALID");
    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }

  @Test
  void itIsTheSameInAnyLetterCase() {
    scene.pod("web", "x");
    scene.azure.report(identityId("x"), clientId("x").value().toUpperCase(Locale.ROOT));

    scene.run();
    scene.check();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }
}
