package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** An escape sequence could clear the terminal, and a line separator begin another line. */
  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x07, 0x08, 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029})
  void whatATerminalActsOnIsNotPrinted(int character) {
    assertThat(ExitCode.oneLine("no such file " + (char) character + "[2J"))
        .isEqualTo("no such file ?[2J");
  }
}
