package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeTest {
  @ParameterizedTest
  @CsvSource({"CONFIGURATION_INVALID, 2", "CLUSTER_UNAVAILABLE, 1"})
  void whatIsWrongIsOneLineAndTheCodeSaysWhetherItIsTheFlags(ErrorReason reason, int code) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int actual =
        ExitCode.report(
            new PodIdentityException(reason, "--a must be b:\n  see c\n"),
            "mic",
            new PrintStream(err, true, StandardCharsets.UTF_8));

    assertThat(actual).isEqualTo(code);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("mic: --a must be b: see c");
  }
}
