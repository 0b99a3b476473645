package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CommandTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> lines = new ArrayList<>();

  @Test
  void inputOutputErrorsAndExitCodeAreCarriedOver() throws Exception {
    Command.Result result = shell("cat; echo oops >&2; exit 3", LONG).run("a\nb\n", lines::add);
    assertThat(lines).containsExactly("a", "b");
    assertThat(result).isEqualTo(new Command.Result(3, "oops\n"));
  }

  @Test
  void localeIsCAndTheGivenVariablesAreSet() throws Exception {
    Command command =
        new Command(List.of("sh", "-c", "echo $LC_ALL $X"), Map.of("X", "y", "LC_ALL", "de"), LONG);
    command.run("", lines::add);
    assertThat(lines).containsExactly("C y");
  }

  @Test
  void muchOutputOnBothSidesBlocksNobodyAndOnlyTheBeginningOfErrorsIsKept() throws Exception {
    String script = "yes error | head -c 1000000 >&2; yes line | head -n 200000; echo end >&2";
    Command.Result result = shell(script, LONG).run("", lines::add);
    assertThat(lines).hasSize(200_000);
    assertThat(result.errors()).startsWith("error\n").hasSize(4096);
  }

  @Test
  void inputThatNobodyReadsIsNoError() throws Exception {
    assertThat(shell("exit 0", LONG).run("x".repeat(1_000_000), lines::add).exitCode()).isZero();
  }

  @Test
  void whatDoesNotEndInTimeIsKilledWithItsChildren(@TempDir Path folder) throws Exception {
    Path pids = folder.resolve("pids");
    String script = "sleep 300 & echo $$ $! >" + pids + "; wait";
    assertThatThrownBy(() -> shell(script, Duration.ofSeconds(1)).run("", lines::add))
        .isInstanceOf(TimeoutException.class);
    for (String pid : Files.readString(pids).strip().split(" ", -1)) {
      Await.until("process " + pid + " ends", LONG, () -> isGone(Long.parseLong(pid)));
    }
  }

  @Test
  void interruptKillsIt(@TempDir Path folder) throws Exception {
    Path pid = folder.resolve("pid");
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                shell(
                        "echo $$ >" + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 300",
                        LONG)
                    .run("", lines::add);
                outcome.complete(new AssertionError("it ended by itself"));
              } catch (Exception e) {
                outcome.complete(e);
              }
            });
    caller.start();
    Await.until("it runs", LONG, () -> Files.exists(pid));
    caller.interrupt();
    assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    long number = Long.parseLong(Files.readString(pid).strip());
    Await.until("it ends", LONG, () -> isGone(number));
  }

  @Test
  void failureOfTheReaderIsNotSwallowed() {
    assertThatThrownBy(
            () ->
                shell("echo x", LONG)
                    .run(
                        "",
                        line -> {
                          throw new IllegalStateException("no " + line);
                        }))
        .isInstanceOf(IOException.class)
        .hasRootCauseMessage("no x");
  }

  private static Command shell(String script, Duration timeout) {
    return new Command(List.of("sh", "-c", script), Map.of(), timeout);
  }

  /** Dead, or dead and not yet waited for by its parent. */
  private static boolean isGone(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).contains(") Z ");
    } catch (IOException e) {
      return true;
    }
  }
}
