package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PosixTest {

  @Test
  void lockOfAnotherProgramIsSeenUntilItLetsGo(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("lock"));
    assertThat(Posix.tryLock(file.toString())).isEqualTo(Posix.Lock.FREE);
    try (ManagedProcess holder = LockHolder.start(file)) {
      assertThat(Posix.tryLock(file.toString())).isEqualTo(Posix.Lock.HELD);
      holder.kill();
    }
    assertThat(Posix.tryLock(file.toString())).isEqualTo(Posix.Lock.FREE);
  }

  @Test
  void lockIsNotKeptAfterTheTry(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("lock"));
    assertThat(Posix.tryLock(file.toString())).isEqualTo(Posix.Lock.FREE);
    assertThat(Command.of("flock", "-n", file.toString(), "true").run().exitCode()).isZero();
  }

  @Test
  void lockThatDoesNotExistIsUnknown(@TempDir Path folder) {
    assertThat(Posix.tryLock(folder.resolve("none").toString())).isEqualTo(Posix.Lock.UNKNOWN);
  }

  @Test
  void nativeLibraryLeavesNoFileBehind(@TempDir Path folder) throws IOException {
    assertThat(inAnotherJvm(folder, "native")).contains("jnr.posix.POSIXFactory");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void nativeLibraryIsNotLoadedAsLongAsNothingFails(@TempDir Path folder) {
    assertThat(inAnotherJvm(folder, "ensure"))
        .contains("io.podidentity.iptables.IptablesRedirect")
        .doesNotContain("jnr.")
        .doesNotContain("com.kenai.jffi");
  }

  /** Gives the names of the classes that it loads. */
  private static String inAnotherJvm(Path temporary, String part) {
    return Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:stdout",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            LoadingMain.class.getName(),
            part)
        .withTimeout(Duration.ofMinutes(2))
        .output();
  }
}
