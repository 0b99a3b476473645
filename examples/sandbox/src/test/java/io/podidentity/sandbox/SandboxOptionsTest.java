package io.podidentity.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.sandbox.SandboxOptions.Programs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SandboxOptionsTest {
  @Test
  void runsUntilCtrlCOnTheEmbeddedApiUnlessTold() {
    assertThat(SandboxOptions.parse(List.of()))
        .isEqualTo(new SandboxOptions(false, false, null, Programs.NONE));
  }

  @Test
  void kubeconfigIsTakenInBothForms() {
    SandboxOptions expected = new SandboxOptions(false, true, Path.of("/k"), Programs.NONE);

    assertThat(SandboxOptions.parse(List.of("--once", "--kubeconfig", "/k"))).isEqualTo(expected);
    assertThat(SandboxOptions.parse(List.of("--once", "--kubeconfig=/k"))).isEqualTo(expected);
  }

  @Test
  void programsOfTheirOwnAreNamedByTheirScripts() {
    assertThat(SandboxOptions.parse(List.of("--nmi=/n/bin/nmi-train", "--mic", "/m")).programs())
        .isEqualTo(new Programs(Path.of("/m"), Path.of("/n/bin/nmi-train")));
  }

  @Test
  void unknownArgumentIsNamed() {
    assertThatThrownBy(() -> SandboxOptions.parse(List.of("--twice")))
        .isInstanceOf(SandboxException.class)
        .hasMessage("cannot read the argument --twice; see ./sandbox --help");
  }
}
