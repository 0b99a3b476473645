package io.podidentity.api.assignment;

import static io.podidentity.api.assignment.Scene.N1;
import static io.podidentity.api.fixture.Samples.identityId;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Looking for what should be on a machine. */
class CheckTest {
  private final Scene scene = new Scene(Duration.ZERO);

  @Test
  void whatVanishedIsPutBack() {
    assigned();
    scene.azure.remove(N1, identityId("x"));

    scene.check();

    assertThat(scene.azure.on(N1)).contains(identityId("x"));
    assertThat(scene.log.calls()).containsExactly("attach n1 x");
    assertThat(scene.record("web", "x").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void whatIsThereBesidesStays() {
    assigned();
    scene.azure.put(N1, identityId("foreign"));

    scene.check();

    assertThat(scene.azure.on(N1)).contains(identityId("foreign"));
  }

  @Test
  void whereAllIsWellItIsOneReadAndNothingElse() {
    assigned();

    scene.check();

    assertThat(scene.azure.reads()).containsExactly(N1);
    assertThat(scene.log.calls()).isEmpty();
  }

  @Test
  void withoutAManagedIdentityAzureIsNotAsked() {
    scene.check();

    assertThat(scene.azure.reads()).isEmpty();
  }

  private void assigned() {
    scene.pod("web", "x");
    scene.run();
    scene.log.calls().clear();
    scene.azure.reads().clear();
  }
}
