package io.podidentity.harness.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.HarnessException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandTest {

  @Test
  void inputEnvironmentAndDirectoryReachTheProgram(@TempDir Path folder) {
    String output =
        Command.of("sh", "-c", "cat; echo \"$COLOUR\"; pwd -P")
            .withInput("typed\n")
            .withEnvironment("COLOUR", "blue")
            .withDirectory(folder)
            .output();
    assertThat(output.lines()).startsWith("typed", "blue").last().asString().contains(folder + "");
  }

  @Test
  void failureShowsCommandExitCodeAndStandardError() {
    assertThatThrownBy(() -> Command.of("sh", "-c", "echo out; echo broken >&2; exit 3").output())
        .isInstanceOfSatisfying(
            CommandFailedException.class,
            e -> assertThat(e.result()).isEqualTo(new CommandResult(3, "out\n", "broken\n")))
        .hasMessageStartingWith("exit code 3 from: sh -c")
        .hasMessageEndingWith("broken");
  }

  @Test
  void outputsLargerThanAPipeDoNotBlock() {
    String script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero";
    CommandResult result = Command.of("sh", "-c", script).run();
    assertThat(result.stdout()).hasSize(300_000);
    assertThat(result.stderr()).hasSize(300_000);
  }

  @Test
  void commandThatTakesTooLongIsKilled() {
    assertThatThrownBy(() -> Command.of("sleep", "600").withTimeout(Duration.ofMillis(100)).run())
        .isInstanceOf(HarnessException.class)
        .hasMessage("not done within 100 ms: sleep 600");
    assertThat(ProcessHandle.current().descendants())
        .noneMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 600"));
  }

  @Test
  void missingProgramIsNamed() {
    assertThatThrownBy(() -> Command.of("no-such-program", "-x").run())
        .isInstanceOf(HarnessException.class)
        .hasMessage("starting: no-such-program -x");
  }
}
