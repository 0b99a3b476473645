package io.podidentity.azure.arm;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** Waits by a timer, in the caller's thread. */
record Pause(Timer timer) {
  /**
   * Waits.
   *
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted or the
   *     timer is closed
   */
  void await(Duration wait) {
    CompletableFuture<Void> due = new CompletableFuture<>();
    try (Subscription alarm = set(wait, () -> due.complete(null))) {
      await(due);
    }
  }

  /**
   * Has something done after that time.
   *
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the timer is closed
   */
  Subscription set(Duration wait, Runnable action) {
    try {
      return timer.schedule(wait, action);
    } catch (RejectedExecutionException e) {
      throw stopping(e);
    }
  }

  /**
   * Waits until something is complete, which does not fail.
   *
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted
   */
  static void await(CompletableFuture<Void> due) {
    try {
      due.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a wait cannot fail", e);
    }
  }

  private static PodIdentityException stopping(Exception cause) {
    return new PodIdentityException(
        ErrorReason.SHUTTING_DOWN,
        "gave up waiting for Azure; the change goes on there, and the next pass finds its result",
        cause);
  }
}
