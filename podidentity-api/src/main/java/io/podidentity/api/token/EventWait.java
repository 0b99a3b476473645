package io.podidentity.api.token;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Waits until a condition over changing state is decided: it is looked at once at the start, after
 * each change, and whenever a hold ends. No thread waits. Cancelling the future ends the wait.
 */
final class EventWait<T> {
  /** One look at the state. */
  sealed interface Look<T> {}

  record Ready<T>(T value) implements Look<T> {}

  record Refused<T>(PodIdentityException refusal) implements Look<T> {}

  /** Undecided: wait on, but no longer than {@code hold} since the start; then it is refused. */
  record Undecided<T>(PodIdentityException refusal, Duration hold) implements Look<T> {}

  private final Supplier<Look<T>> look;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private volatile Duration held = Duration.ZERO;

  private EventWait(Supplier<Look<T>> look) {
    this.look = look;
  }

  /**
   * Waits. Whatever is thrown on the way fails the future, and nothing else.
   *
   * @param onChange subscribes to changes of what {@code look} looks at
   * @param holds all holds that a look may give; which of them holds may change with the state
   */
  static <T> CompletableFuture<T> until(
      Supplier<Look<T>> look,
      Function<Runnable, Subscription> onChange,
      Timer timer,
      Duration... holds) {
    EventWait<T> wait = new EventWait<>(look);
    wait.lookNow();
    if (!wait.result.isDone()) {
      wait.begin(onChange, timer, holds);
    }
    return wait.result;
  }

  private void begin(Function<Runnable, Subscription> onChange, Timer timer, Duration... holds) {
    List<Subscription> open = new ArrayList<>();
    try {
      open.add(onChange.apply(this::lookNow));
      for (Duration hold : holds) {
        open.add(timer.schedule(hold, () -> endHold(hold)));
      }
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
    var unused = result.whenComplete((value, error) -> open.forEach(Subscription::close));
    // What changed between the first look and the subscription would be missed.
    lookNow();
  }

  private void endHold(Duration hold) {
    held = hold;
    lookNow();
  }

  private void lookNow() {
    try {
      settle(look.get());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private void settle(Look<T> now) {
    if (now instanceof Ready<T> ready) {
      result.complete(ready.value());
    } else if (now instanceof Refused<T> refused) {
      result.completeExceptionally(refused.refusal());
    } else if (now instanceof Undecided<T> undecided && undecided.hold().compareTo(held) <= 0) {
      result.completeExceptionally(undecided.refusal());
    }
  }
}
