package io.podidentity.harness.net;

import io.podidentity.harness.Folders;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@code curl} as a container would: no proxy, no settings of the user. Immutable.
 *
 * @param namespace where it runs; null: the machine's own network, for loopback only
 * @param timeout how long a request may take
 */
public record Curl(@Nullable NetworkNamespace namespace, Duration timeout) {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Runs in the namespace; a request may take 30 s. */
  public static Curl in(NetworkNamespace namespace) {
    return new Curl(namespace, DEFAULT_TIMEOUT);
  }

  /** Runs in a pod; a request may take 30 s. */
  public static Curl in(PodNetwork pod) {
    return in(pod.namespace());
  }

  /** Runs on the machine itself, for loopback only; a request may take 30 s. */
  public static Curl onLoopback() {
    return new Curl(null, DEFAULT_TIMEOUT);
  }

  /** The same with another time limit. */
  public Curl withTimeout(Duration limit) {
    return new Curl(namespace, limit);
  }

  /**
   * Sends a request.
   *
   * @param arguments curl's own: the URL, {@code -H}, {@code -X}, {@code --data}, {@code
   *     --interface}, … but none that changes its output
   * @throws CommandFailedException if there is no answer; {@code result().exitCode()} is curl's: 7
   *     could not connect, 28 time over, 52 empty reply
   */
  public HttpAnswer request(String... arguments) {
    Path folder = Folders.temporary("curl");
    try {
      Path headers = folder.resolve("headers");
      String body = command(headers, arguments).output();
      return HttpAnswer.parse(Files.readString(headers), body);
    } catch (IOException e) {
      throw new UncheckedIOException("reading curl's headers", e);
    } finally {
      Folders.delete(folder);
    }
  }

  private Command command(Path headers, String... arguments) {
    List<String> words = new ArrayList<>(List.of("curl", "-q", "--silent", "--show-error"));
    words.addAll(List.of("--noproxy", "*", "--max-time", seconds()));
    words.addAll(List.of("--dump-header", headers.toString()));
    words.addAll(Arrays.asList(arguments));
    Command command = Command.of(words).withTimeout(timeout.plus(GRACE));
    return namespace == null ? command : namespace.inside(command);
  }

  private String seconds() {
    return BigDecimal.valueOf(timeout.toMillis(), 3).toPlainString();
  }
}
