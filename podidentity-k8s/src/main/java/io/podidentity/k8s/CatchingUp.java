package io.podidentity.k8s;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Finds out when mirrors show all that had happened at one time: a watch may have been dead for a
 * while without a sign of it. Each WebSocket is asked for an answer. Where none comes, as where
 * something on the way lets no WebSocket pass, the objects are listed, and the mirror has to come
 * as far.
 *
 * @param patience how long an answer is waited for before that; a WebSocket whose other end is dead
 *     has been opened anew by then
 */
record CatchingUp(WatchSockets sockets, Duration patience) {
  /** No watch lasts longer, so each has been opened anew by then. */
  private static final Duration AT_MOST = Duration.ofMinutes(15);

  private static final Duration AGAIN = Duration.ofMillis(100);

  /** A list is much work for an API server that is in trouble. */
  private static final Duration LIST_AGAIN = Duration.ofSeconds(5);

  /**
   * Begins to ask.
   *
   * @return completes when these show all that had happened when this was called, or when 15
   *     minutes have passed. To cancel it ends the questions, and interrupts lists
   */
  CompletableFuture<Void> ask(List<Followed> followed) {
    long asked = System.nanoTime();
    CompletableFuture<Void> all = new CompletableFuture<>();
    // One for each, since a list may hang.
    ExecutorService lists = CallThreads.atMost(followed.size(), "catch-up-list");
    var unusedEnd = all.whenComplete((any, error) -> lists.shutdownNow());
    CompletableFuture<?>[] each =
        followed.stream()
            .map(one -> ask(one, asked, all, lists))
            .toArray(CompletableFuture<?>[]::new);
    var unused = CompletableFuture.allOf(each).thenRun(() -> all.complete(null));
    return all.completeOnTimeout(null, AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<?> ask(
      Followed one, long asked, CompletableFuture<Void> until, Executor lists) {
    CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    var unused = until.whenComplete((any, error) -> caughtUp.cancel(false));
    complete(
        caughtUp,
        untilItSucceeds(() -> sockets.alive(one.mirror().resource(), asked), AGAIN, caughtUp));
    complete(
        caughtUp,
        after(patience, () -> CompletableFuture.completedFuture(null))
            .thenCompose(
                any -> untilItSucceeds(() -> latest(one, caughtUp, lists), LIST_AGAIN, caughtUp))
            .thenCompose(latest -> untilItSucceeds(() -> reached(one, latest), AGAIN, caughtUp)));
    return caughtUp;
  }

  private static void complete(CompletableFuture<Void> one, CompletionStage<?> when) {
    var unused = when.thenRun(() -> one.complete(null));
  }

  private static CompletableFuture<String> latest(
      Followed one, CompletableFuture<Void> until, Executor lists) {
    return until.isDone()
        ? CompletableFuture.failedFuture(new IllegalStateException("nobody wants to know"))
        : CompletableFuture.supplyAsync(one::latest, lists);
  }

  private static CompletableFuture<Void> reached(Followed one, String version) {
    return Versions.includes(one.mirror().version(), version)
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(new IllegalStateException("not yet"));
  }

  /** Tries again after a rest; not any more once that is done. */
  private static <T> CompletableFuture<T> untilItSucceeds(
      Supplier<CompletableFuture<T>> step, Duration rest, CompletableFuture<Void> until) {
    return step.get()
        .exceptionallyCompose(
            error ->
                until.isDone()
                    ? CompletableFuture.failedFuture(error)
                    : after(rest, () -> untilItSucceeds(step, rest, until)));
  }

  /** By the thread that keeps time for the JVM: no step waits for anything. */
  private static <T> CompletableFuture<T> after(
      Duration rest, Supplier<CompletableFuture<T>> step) {
    return CompletableFuture.supplyAsync(
            () -> rest,
            CompletableFuture.delayedExecutor(
                rest.toMillis(), TimeUnit.MILLISECONDS, Runnable::run))
        .thenCompose(any -> step.get());
  }
}
