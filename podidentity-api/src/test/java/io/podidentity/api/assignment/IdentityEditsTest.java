package io.podidentity.api.assignment;

import static io.podidentity.api.assignment.Scene.N1;
import static io.podidentity.api.fixture.Samples.identityId;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignmentState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * An {@code AzureIdentity} is pointed at another identity, and back, while Azure or the API server
 * fails: what MIC put on the machine on the way goes off it in the end.
 */
class IdentityEditsTest {
  private final Scene scene = new Scene(Duration.ZERO);

  /** What the record says then is about the other identity alone. */
  @Test
  void whatWasNotLookedForBeforeTheEditIsStillMicsAfterItIsTakenBack() {
    scene.azure.fail(away());
    scene.pod("web", "x");
    scene.run();
    assertThat(scene.record("web", "x").provenance().isKnown()).isFalse();
    scene.azure.fail(null);
    scene.azure.reject(identityId("new"));
    scene.cluster.put(Samples.identity("default/x", "new"));
    scene.run();

    scene.cluster.put(Samples.identity("default/x"));
    scene.run();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    scene.gone("web");
    scene.run();

    assertThat(scene.cluster.records()).isEmpty();
    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** Nor does what the record says of one identity make the other one found. */
  @Test
  void whatWasNotLookedForBeforeTheEditIsNoOthersToInherit() {
    scene.azure.fail(away());
    scene.pod("web", "x");
    scene.run();
    scene.azure.fail(null);
    scene.azure.reject(identityId("new"));
    scene.cluster.put(Samples.identity("default/x", "new"));
    scene.run();

    scene.cluster.put(Samples.identity("default/x"));
    scene.pod("api", "x");
    scene.run();
    scene.gone("web");
    scene.gone("api");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** Azure has made the change, and MIC does not know it. */
  @Test
  void whatWasAttachedForAnEditThatIsTakenBackGoesBesidesWhatOthersPutThere() {
    scene.azure.put(N1, identityId("x"));
    scene.pod("web", "x");
    scene.run();
    scene.cluster.put(Samples.identity("default/x", "new"));
    // The intent, the change, then the record: two boundaries each.
    scene.log.failAt(scene.log.boundaries() + 3, away());
    scene.run();
    assertThat(scene.azure.on(N1)).contains(identityId("new"));

    scene.cluster.put(Samples.identity("default/x"));
    scene.run();

    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(scene.plan().targets()).isEmpty();
  }

  /** {@code Created} without a word on whose the identity is means that it may be another's. */
  @Test
  void whatVersionOneAssignedIsStillMicsAfterItWasTakenBackForItsClientId() {
    scene.azure.put(N1, identityId("x"));
    scene.identity("x");
    var pod = PodBuilder.pod("default/web").bindingLabel("x").node("n1").build();
    scene.cluster.put(pod);
    scene.cluster.put(
        RecordBuilder.record(pod, Samples.identity("default/x"))
            .binding(Samples.binding("default/x", "x", "x"))
            .podUid(null)
            .build());
    scene.azure.report(identityId("x"), Samples.clientId("another").value());
    scene.check();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);

    scene.gone("web");
    scene.run();

    assertThat(scene.azure.on(N1)).isEmpty();
  }

  /** Its spec.providerID is not Azure's, or not written yet; v1 may have taken it for a machine. */
  @Test
  void onANodeWithoutAMachineThePodLosesWhatItHadBeforeTheEdit() {
    scene.pod("web", "x");
    scene.cluster.put(Samples.node("n1", null));
    scene.cluster.put(
        RecordBuilder.record(
                PodBuilder.pod("default/web").bindingLabel("x").node("n1").build(),
                Samples.identity("default/x"))
            .podUid(null)
            .build());
    scene.run();
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);

    scene.cluster.put(Samples.identity("default/x", "new"));
    scene.run();

    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.CREATED);
    assertThat(scene.record("web", "x").identity()).isEqualTo(Samples.identity("default/x", "new"));
    scene.log.calls().clear();
    scene.run();
    assertThat(scene.log.calls()).isEmpty();
  }

  private static PodIdentityException away() {
    return new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "for the test");
  }
}
