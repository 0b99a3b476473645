package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes: exit codes and streams are the operating system's. */
final class MicMainTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--createDeleteBatch=0                   | mic: --createDeleteBatch must be at least 1",
        "--createDeleteBatch=many                | mic: flag --createDeleteBatch: \"many\" is not",
        "--cloudconfig=/no/such/file             | mic: cloud configuration /no/such/file: there is no such file",
      })
  void aValueThatCannotBeIsOneLineAndCodeTwo(String flag, String message) {
    CommandResult mic = JavaProgram.of(MicMain.class, flag).run();

    assertThat(mic.exitCode()).isEqualTo(2);
    assertThat(mic.stderr()).startsWith(message).hasLineCount(1);
    assertThat(mic.stdout()).isEmpty();
  }

  // v1 prints it only where MIC_POD_NAMESPACE is set.
  @Test
  void versionIsOneLineOfTheOutputAndCodeZero() {
    CommandResult mic = JavaProgram.of(MicMain.class, "--version").run();

    assertThat(mic.exitCode()).isZero();
    assertThat(mic.stdout())
        .matches("MIC Version: \\S+ - NMI Version: \\S+ - Commit: \\S+ - Date: \\S+\\R");
    assertThat(mic.stderr()).isEmpty();
  }
}
