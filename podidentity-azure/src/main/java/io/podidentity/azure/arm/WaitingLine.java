package io.podidentity.azure.arm;

import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Those who wait for their turns in a budget. Turns go by turns to whoever came first and to
 * whoever came last: what comes while hundreds of machines wait need not wait until they are
 * through, and of those none waits more than twice as long as it would in order. Thread-safe.
 */
final class WaitingLine {
  private final Pause pause;

  // Guarded by this. As many as there are alarms, or fewer: each lets one go on.
  private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  private boolean lastIsNext;

  WaitingLine(Pause pause) {
    this.pause = pause;
  }

  /**
   * Waits for a turn.
   *
   * @param until how long it is until there is one more, for this caller or another
   * @throws io.podidentity.api.PodIdentityException with {@code SHUTTING_DOWN} if the thread is
   *     interrupted or the timer is closed
   */
  void await(Duration until) {
    CompletableFuture<Void> turn = new CompletableFuture<>();
    enter(turn);
    Subscription alarm = () -> {};
    boolean granted = false;
    try {
      alarm = pause.set(until, this::next);
      Pause.await(turn);
      granted = true;
    } finally {
      // Who has had another's turn leaves its own to others.
      if (!granted && leave(turn)) {
        alarm.close();
      }
    }
  }

  private synchronized void enter(CompletableFuture<Void> turn) {
    waiting.addLast(turn);
  }

  private synchronized boolean leave(CompletableFuture<Void> turn) {
    return waiting.removeIf(one -> one == turn);
  }

  private void next() {
    CompletableFuture<Void> turn;
    synchronized (this) {
      turn = lastIsNext ? waiting.pollLast() : waiting.pollFirst();
      lastIsNext = !lastIsNext;
    }
    if (turn != null) {
      turn.complete(null);
    }
  }
}
