package io.podidentity.k8s;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The WebSockets of the watches that are open on a connection, and whether each is alive. What an
 * API server has sent before it answers a ping has come when the answer does. Thread-safe.
 */
final class WatchSockets {
  /** After so long a watch that was opened anew has told what had happened before. */
  private static final Duration CAUGHT_UP = Duration.ofMillis(500);

  /** Between two questions, where the first could not be answered. */
  private static final long AGAIN_MILLIS = 100;

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
   * Waits until the watches tell of nothing that happened before this call.
   *
   * @param resources what they follow, by its name in the API's paths, as in {@code pods}
   * @param atMost how long; completes then in any case
   */
  CompletableFuture<Void> caughtUp(Collection<String> resources, Duration atMost) {
    long asked = System.nanoTime();
    CompletableFuture<Void> all = new CompletableFuture<>();
    CompletableFuture<?>[] each =
        resources.stream()
            .map(resource -> caughtUp(resource, asked, all))
            .toArray(CompletableFuture<?>[]::new);
    var unused = CompletableFuture.allOf(each).thenRun(() -> all.complete(null));
    return all.completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<Void> caughtUp(
      String resource, long asked, CompletableFuture<Void> until) {
    return alive(resource, asked)
        .exceptionallyCompose(
            error ->
                until.isDone()
                    ? CompletableFuture.completedFuture(null)
                    : later(resource, asked, until));
  }

  private CompletableFuture<Void> later(
      String resource, long asked, CompletableFuture<Void> until) {
    return CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS))
        .thenCompose(any -> caughtUp(resource, asked, until));
  }

  /**
   * Asks the watches of a kind whether they are alive.
   *
   * @param resource its name in the API's paths, as in {@code pods}
   * @param asked the time of {@link System#nanoTime()} at which what they tell has to be complete
   * @return completes when each that is open now has answered, and exceptionally if one has not and
   *     ends, if there is none, or if one may still be telling what happened before it was opened
   */
  private CompletableFuture<Void> alive(String resource, long asked) {
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
