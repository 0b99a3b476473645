package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * An nft that runs along, so that tables with {@code flags owner} are there as long as it: the
 * kernel removes them with its socket, and lets nobody else change or flush them. It ends with its
 * input, and so with this process, however that ends. One thread at a time may run commands; any
 * may close it.
 */
final class NftSession implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration GONE = Duration.ofSeconds(1);

  /** Makes nft say one line that nothing else makes it say. */
  private static final String MARK = "describe iifname";

  private static final String MARKED = "meta expression, datatype ifname";
  private static final String ENDED = "\0ended";

  /** Of what the kernel refuses it says first who refused: {@code netlink: Error: …}. */
  private static final Pattern ERROR = Pattern.compile("^(?:\\S+: )?Error: ");

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Consumer<NftSession> onEnd;
  private volatile boolean ended;

  private NftSession(Process process, Consumer<NftSession> onEnd) {
    this.process = process;
    this.onEnd = onEnd;
    Thread reader = new Thread(this::read, "nft-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts one.
   *
   * @param onEnd is given it when it has ended, on another thread
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if there is no nft
   */
  static NftSession open(NodePrograms programs, Consumer<NftSession> onEnd) {
    // Without stdbuf it would keep its lines until it has many.
    ProcessBuilder builder =
        new ProcessBuilder(programs.command("stdbuf", "-oL", "nft", "-i"))
            .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    try {
      return new NftSession(builder.start(), onEnd);
    } catch (IOException e) {
      throw failure("nft -i cannot be run", e);
    }
  }

  /** Whether its tables are there. Quick; any thread may ask. */
  boolean isAlive() {
    return !ended;
  }

  /** Waits until one that has ended is gone, and its tables with it; not for long. */
  void awaitEnd() {
    try {
      boolean unused = process.waitFor(GONE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs commands.
   *
   * @param line all of them, separated by semicolons: one transaction
   * @return what nft says
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if it refuses them or does not answer
   */
  List<String> run(String line) {
    try {
      process.getOutputStream().write((line + "\n" + MARK + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw failure("nft -i has ended", e);
    }
    List<String> answer = answer();
    if (answer.stream().anyMatch(said -> ERROR.matcher(said).find())) {
      throw failure("nft: " + Failures.quote(String.join("\n", answer)), null);
    }
    return answer;
  }

  private List<String> answer() {
    List<String> answer = new ArrayList<>();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      String line;
      try {
        line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure("nft was stopped, because its caller is stopping", e);
      }
      if (line == null || line.equals(ENDED)) {
        close();
        throw failure("nft -i does not answer: " + Failures.quote(String.join("\n", answer)), null);
      }
      if (line.startsWith(MARKED)) {
        return answer;
      }
      answer.add(line);
    }
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      output.lines().forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException e) {
      // It has ended, as is said below.
    } finally {
      ended = true;
      lines.add(ENDED);
      onEnd.accept(this);
    }
  }

  private static PodIdentityException failure(
      String message, @org.jspecify.annotations.Nullable Throwable cause) {
    return cause == null
        ? new PodIdentityException(ErrorReason.REDIRECT_FAILED, message)
        : new PodIdentityException(ErrorReason.REDIRECT_FAILED, message, cause);
  }

  /** Its tables go with it. */
  @Override
  public void close() {
    ended = true;
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
