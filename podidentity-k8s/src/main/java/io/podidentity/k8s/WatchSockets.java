package io.podidentity.k8s;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The WebSockets of the watches that are open on a connection, and whether each is alive. What an
 * API server has sent before it answers a ping has come when the answer does. Thread-safe.
 */
final class WatchSockets {
  /** After so long a watch that was opened anew has told what had happened before. */
  private static final Duration CAUGHT_UP = Duration.ofMillis(500);

  /** What is followed, and since when, by {@link System#nanoTime()}. */
  private record Open(String resource, long since) {}

  private final Map<PingedWebSocket, Open> open = new ConcurrentHashMap<>();

  void opened(URI uri, PingedWebSocket socket) {
    String path = uri.getPath();
    open.put(socket, new Open(path.substring(path.lastIndexOf('/') + 1), System.nanoTime()));
  }

  void ended(PingedWebSocket socket) {
    open.remove(socket);
  }

  /**
   * Asks the watches of a kind whether they are alive.
   *
   * @param resource its name in the API's paths, as in {@code pods}
   * @param asked the time of {@link System#nanoTime()} at which what they tell has to be complete
   * @return completes when each that is open now has answered, and exceptionally if one has not and
   *     ends, if there is none, or if one may still be telling what happened before it was opened
   */
  CompletableFuture<Void> alive(String resource, long asked) {
    List<CompletableFuture<Void>> answers =
        open.entrySet().stream()
            .filter(entry -> entry.getValue().resource.equals(resource))
            .map(entry -> alive(entry.getKey(), entry.getValue().since, asked))
            .toList();
    return answers.isEmpty()
        ? CompletableFuture.failedFuture(new IllegalStateException("no watch is open"))
        : CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
  }

  private static CompletableFuture<Void> alive(PingedWebSocket socket, long since, long asked) {
    boolean late = since - asked > 0;
    return late && System.nanoTime() - since < CAUGHT_UP.toNanos()
        ? CompletableFuture.failedFuture(new IllegalStateException("it has just been opened"))
        : socket.isAlive();
  }
}
