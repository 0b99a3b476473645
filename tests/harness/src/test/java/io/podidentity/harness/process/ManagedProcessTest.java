package io.podidentity.harness.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ManagedProcessTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Pattern READY = Pattern.compile("ready");

  @Test
  void awaitedLineMayHaveBeenWrittenBefore() {
    try (ManagedProcess process = shell("echo one; echo ready 2 >&2; exec sleep 600")) {
      assertThat(process.awaitLine(READY, LONG)).isEqualTo("ready 2");
      assertThat(process.awaitLine(Pattern.compile("^one$"), LONG)).isEqualTo("one");
    }
  }

  @Test
  void lineAfterAMarkIsAnotherOne() {
    try (ManagedProcess process =
        shell("trap 'echo ready again' TERM; echo ready; while :; do sleep 0.05; done")) {
      process.awaitLine(READY, LONG);
      long mark = process.lineCount();
      process.signal(Signal.TERM);
      assertThat(process.awaitLine(READY, mark, LONG)).isEqualTo("ready again");
    }
  }

  @Test
  void awaitingALineOfAProcessThatEndsFailsWithItsLog() {
    try (ManagedProcess process = shell("echo no such luck; exit 4")) {
      assertThatThrownBy(() -> process.awaitLine(READY, LONG))
          .isInstanceOf(HarnessException.class)
          .hasMessageContaining("ended without a line that matches ready")
          .hasMessageContaining(process.log().toString())
          .hasMessageEndingWith("no such luck");
      assertThat(process.awaitExit(LONG)).isEqualTo(4);
    }
  }

  @Test
  void awaitingALineEndsInTime() {
    try (ManagedProcess process = shell("exec sleep 600")) {
      assertThatThrownBy(() -> process.awaitLine(READY, SHORT))
          .hasMessageContaining("no line matches ready within 100 ms");
    }
  }

  @Test
  void logFileHoldsBothOutputs() throws IOException {
    try (ManagedProcess process = shell("echo out; echo err >&2")) {
      process.awaitExit(LONG);
      assertThat(Files.readAllLines(process.log())).containsExactlyInAnyOrder("out", "err");
    }
  }

  @Test
  void stopAsksFirst() {
    try (ManagedProcess process =
        shell("trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done")) {
      process.awaitLine(READY, LONG);
      assertThat(process.stop(LONG)).isEqualTo(5);
      assertThat(process.tail()).endsWith("bye");
    }
  }

  @Test
  void stopKillsWhatDoesNotListenAndItsChildren() {
    try (ManagedProcess process =
        shell("trap '' TERM; sleep 600 & echo child $!; while :; do sleep 0.05; done")) {
      String child = process.awaitLine(Pattern.compile("child"), LONG).split(" ", -1)[1];
      assertThat(process.stop(SHORT)).isEqualTo(137);
      awaitGone(Long.parseLong(child));
    }
  }

  @Test
  void frozenProcessIsAliveAndCanBeStopped() {
    try (ManagedProcess process = shell("exec sleep 600")) {
      process.signal(Signal.STOP);
      Await.until("a frozen process", LONG, () -> state(process).equals("T"));
      assertThat(process.isAlive()).isTrue();
      assertThat(process.stop(LONG)).isEqualTo(143);
    }
  }

  @Test
  void signalToAnEndedProcessIsRefused() {
    try (ManagedProcess process = shell("exit 0")) {
      process.awaitExit(LONG);
      assertThatThrownBy(() -> process.signal(Signal.CONT))
          .hasMessageStartingWith("no signal CONT to a process that has ended");
    }
  }

  @Test
  void residentMemoryIsThatOfTheProgramItself() {
    try (ManagedProcess process = shell("echo ready; exec sleep 600")) {
      Await.until("sleep", LONG, () -> name(process.pid()).equals("sleep"));
      assertThat(process.residentMib()).isBetween(0.1, 20.0);
    }
  }

  @Test
  void processDiesWithAJvmThatExits() {
    try (ManagedProcess jvm = orphanMaker("exit")) {
      long child = childOf(jvm);
      assertThat(jvm.awaitExit(LONG)).isZero();
      awaitGone(child);
    }
  }

  @Test
  void processDiesWithAJvmThatIsKilled() {
    try (ManagedProcess jvm = orphanMaker("stay")) {
      long child = childOf(jvm);
      // Not kill(): that would take the children too.
      jvm.signal(Signal.KILL);
      jvm.awaitExit(LONG);
      awaitGone(child);
    }
  }

  private static ManagedProcess shell(String script) {
    return Command.of("sh", "-c", script).start("shell");
  }

  private static ManagedProcess orphanMaker(String what) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return Command.of(java, "-Xshare:auto", "-cp", classes, OrphanMakerMain.class.getName(), what)
        .start("orphan-maker");
  }

  private static long childOf(ManagedProcess jvm) {
    long child = Long.parseLong(jvm.awaitLine(Pattern.compile("child"), LONG).split(" ", -1)[1]);
    assertThat(ProcessHandle.of(child)).isPresent();
    return child;
  }

  private static void awaitGone(long pid) {
    Await.until("the end of " + pid, LONG, () -> !isRunning(pid));
  }

  /** A zombie has ended, even if nobody asked for its exit code. */
  private static boolean isRunning(long pid) {
    try {
      return !field(pid, 2).equals("Z");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static String state(ManagedProcess process) {
    return field(process.pid(), 2);
  }

  private static String name(long pid) {
    return field(pid, 1).replaceAll("[()]", "");
  }

  private static String field(long pid, int index) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).split(" ", -1)[index];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
