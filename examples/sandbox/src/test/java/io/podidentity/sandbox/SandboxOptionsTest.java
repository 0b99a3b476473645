package io.podidentity.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SandboxOptionsTest {
  @Test
  void runsUntilCtrlCOnTheEmbeddedApiUnlessTold() {
    assertThat(SandboxOptions.parse(List.of())).isEqualTo(new SandboxOptions(false, false, null));
  }

  @Test
  void kubeconfigIsTakenInBothForms() {
    SandboxOptions expected = new SandboxOptions(false, true, Path.of("/k"));

    assertThat(SandboxOptions.parse(List.of("--once", "--kubeconfig", "/k"))).isEqualTo(expected);
    assertThat(SandboxOptions.parse(List.of("--once", "--kubeconfig=/k"))).isEqualTo(expected);
  }

  @Test
  void unknownArgumentIsNamed() {
    assertThatThrownBy(() -> SandboxOptions.parse(List.of("--twice")))
        .isInstanceOf(SandboxException.class)
        .hasMessage("cannot read the argument --twice; see ./sandbox --help");
  }
}
