package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes: exit codes are the operating system's. */
final class MicMainTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--createDeleteBatch=0                   | mic: --createDeleteBatch must be at least 1",
        "--createDeleteBatch=many                | mic: flag --createDeleteBatch: \"many\" is not",
        "--cloudconfig=/no/such/file             | mic: cloud configuration /no/such/file: there is no such file",
      })
  void aValueThatCannotBeIsOneLineAndCodeTwo(String flag, String message) throws Exception {
    assertThat(run(flag)).isEqualTo(2);

    assertThat(Files.readString(folder.resolve("err"))).startsWith(message).hasLineCount(1);
  }

  private int run(String... flags) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MicMain.class.getName()));
    command.addAll(List.of(flags));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ended").isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
