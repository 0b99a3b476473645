package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends real processes: exit codes and signals are the operating system's. */
class ShutdownTest {
  @TempDir Path folder;

  /** A program that closes a part well, never, or exits by itself. */
  static final class SampleMain {
    private SampleMain() {}

    public static void main(String[] args) throws Exception {
      CountDownLatch never = new CountDownLatch(1);
      AutoCloseable part =
          args[0].equals("stuck")
              ? never::await
              : () -> Files.writeString(Path.of(args[1]), "closed");
      Shutdown shutdown =
          Shutdown.install(part, Duration.ofMillis(args[0].equals("stuck") ? 200 : 10_000));
      if (args[0].equals("exits")) {
        shutdown.exit(3);
      }
      System.out.println("up");
      never.await();
    }
  }

  @Test
  void sigtermClosesThePartsAndExitsWithZero() throws Exception {
    Process process = start("waits");

    process.destroy();

    assertThat(codeOf(process)).isZero();
    assertThat(folder.resolve("mark")).hasContent("closed");
  }

  @Test
  void aPartThatDoesNotCloseDelaysTheEndNoLongerThanTheBound() throws Exception {
    Process process = start("stuck");

    process.destroy();

    assertThat(codeOf(process)).isZero();
  }

  @Test
  void exitClosesThePartsAndKeepsItsCode() throws Exception {
    Process process = start("exits");

    assertThat(codeOf(process)).isEqualTo(3);
    assertThat(folder.resolve("mark")).hasContent("closed");
  }

  private Process start(String mode) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SampleMain.class.getName(),
                mode,
                folder.resolve("mark").toString())
            .redirectError(folder.resolve("log").toFile())
            .start();
    if (!mode.equals("exits")) {
      byte[] up = process.getInputStream().readNBytes(2);
      assertThat(new String(up, StandardCharsets.UTF_8)).isEqualTo("up");
    }
    return process;
  }

  private static int codeOf(Process process) throws InterruptedException {
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ended").isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
