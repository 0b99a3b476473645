package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are not there or do not do; none of them touches a rule. */
final class MissingProgramTest {

  private static final IptablesCommands DEFAULTS = IptablesCommands.of("iptables");

  @TempDir private Path folder;

  @Test
  void missingProgramNamesItsPackage() {
    assertFails(
        redirect(List.of("no-such-iptables-save")),
        "no-such-iptables-save is not on the PATH: install the package iptables");
  }

  @Test
  void programThatMayNotBeExecutedIsNotCalledMissing() throws IOException {
    Path program = Files.createFile(folder.resolve("iptables-save"));
    assertFails(
        redirect(List.of(program.toString())),
        program + " may not be executed: check its mode and owner");
  }

  @Test
  void programThatHangsIsKilled() {
    IptablesCommands commands =
        new IptablesCommands(
                List.of("sh", "-c", "exec sleep 300", "iptables-save"),
                List.of("false"),
                DEFAULTS.lock(),
                DEFAULTS.lockWait(),
                DEFAULTS.timeout())
            .withLimits(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertFails(
        new IptablesRedirect(RedirectRules.DEFAULT, commands),
        "iptables-save did not end within 2 s and was killed");
  }

  @Test
  void programThatFailsIsQuotedInOneLine() {
    assertFails(
        redirect(
            List.of("sh", "-c", "echo '# hint' >&2; printf ' bad\\nworse\\n' >&2; exit 5", "save")),
        "save failed with exit code 5: bad");
  }

  @Test
  void interruptStaysSet() {
    Thread.currentThread().interrupt();
    try {
      assertFails(
          redirect(List.of("sh", "-c", "exec sleep 300", "save")),
          "save was stopped, because its caller is stopping");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static IptablesRedirect redirect(List<String> save) {
    return new IptablesRedirect(
        RedirectRules.DEFAULT,
        new IptablesCommands(
            save, List.of("false"), DEFAULTS.lock(), DEFAULTS.lockWait(), DEFAULTS.timeout()));
  }

  private static void assertFails(IptablesRedirect redirect, String message) {
    assertThatThrownBy(redirect::ensure)
        .isInstanceOf(PodIdentityException.class)
        .hasMessage(message);
    if (!Thread.currentThread().isInterrupted()) {
      assertThatThrownBy(redirect::remove)
          .isInstanceOf(PodIdentityException.class)
          .hasMessage(message);
    }
  }
}
