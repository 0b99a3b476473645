package io.podidentity.api.token;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a condition over changing state is decided: it is looked at once at the start, after
 * each change, and when the hold ends. No thread waits. Cancelling the future ends the wait.
 */
final class EventWait<T> {
  /** One look at the state. */
  sealed interface Look<T> {}

  record Ready<T>(T value) implements Look<T> {}

  record Refused<T>(PodIdentityException refusal) implements Look<T> {}

  /** Undecided: wait on, but no longer than {@code hold} since the start; then it is refused. */
  record Undecided<T>(PodIdentityException refusal, Duration hold) implements Look<T> {}

  private static final Subscription CLOSED = () -> {};

  private final Supplier<Look<T>> look;
  private final Timer timer;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final AtomicReference<@Nullable Subscription> alarm = new AtomicReference<>();

  private EventWait(Supplier<Look<T>> look, Timer timer) {
    this.look = look;
    this.timer = timer;
  }

  /**
   * Waits.
   *
   * @param onChange subscribes to changes of what {@code look} looks at
   */
  static <T> CompletableFuture<T> until(
      Supplier<Look<T>> look, Function<Runnable, Subscription> onChange, Timer timer) {
    EventWait<T> wait = new EventWait<>(look, timer);
    if (!wait.settle(look.get())) {
      wait.begin(onChange);
    }
    return wait.result;
  }

  private void begin(Function<Runnable, Subscription> onChange) {
    Subscription changes = onChange.apply(() -> settle(look.get()));
    result.whenComplete(
        (value, error) -> {
          changes.close();
          Subscription last = alarm.getAndSet(CLOSED);
          if (last != null) {
            last.close();
          }
        });
    // Looks again first: what changed between the first look and the subscription would be missed.
    holdOn(Duration.ZERO);
  }

  /** Sleeps through what is left of the hold. The hold may have grown since the last time. */
  private void holdOn(Duration held) {
    Look<T> now = look.get();
    if (!(now instanceof Undecided<T> undecided)) {
      settle(now);
      return;
    }
    Duration left = undecided.hold().minus(held);
    if (left.isZero() || left.isNegative()) {
      result.completeExceptionally(undecided.refusal());
      return;
    }
    Subscription next = timer.schedule(left, () -> holdOn(held.plus(left)));
    Subscription last = alarm.getAndSet(next);
    if (last == CLOSED) {
      next.close();
    }
  }

  private boolean settle(Look<T> now) {
    if (now instanceof Ready<T> ready) {
      result.complete(ready.value());
    } else if (now instanceof Refused<T> refused) {
      result.completeExceptionally(refused.refusal());
    }
    return result.isDone();
  }
}
