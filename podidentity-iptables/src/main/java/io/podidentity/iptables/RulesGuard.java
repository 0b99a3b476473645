package io.podidentity.iptables;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rules in place: looks at once, and again after each interval. A failure is reported, never
 * fatal, and retried after 1 s, then 2 s, 4 s and so on up to the interval. It has no thread of its
 * own. Thread-safe.
 */
public final class RulesGuard {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** What is told of each look, on the executor's thread. */
  public interface Listener {
    /**
     * The rules are in place.
     *
     * @param changed whether they had to be written
     */
    void onInPlace(boolean changed);

    /** Whether the rules are in place is unknown, or they are not. */
    void onFailure(PodIdentityException error);
  }

  private final NodeRules rules;
  private final Timer timer;
  private final Duration interval;
  private final Executor executor;
  private final Listener listener;

  private final Object lock = new Object();
  private boolean started;
  private boolean stopped;
  private int failuresInARow;
  private @Nullable Subscription next;

  /**
   * A guard that does nothing yet.
   *
   * @param timer says when to look; it is not kept busy
   * @param interval from one look to the next; positive; v1's default is 60 s
   * @param executor where it looks; a look may block for as long as the rules may
   */
  public RulesGuard(
      NodeRules rules, Timer timer, Duration interval, Executor executor, Listener listener) {
    this.rules = requireNonNull(rules, "rules");
    this.timer = requireNonNull(timer, "timer");
    this.interval = requireNonNull(interval, "interval");
    this.executor = requireNonNull(executor, "executor");
    this.listener = requireNonNull(listener, "listener");
    if (interval.isZero() || interval.isNegative()) {
      throw new IllegalArgumentException("interval must be positive: " + interval);
    }
  }

  /**
   * Begins with the first look.
   *
   * @throws IllegalStateException if it began before
   */
  public void start() {
    synchronized (lock) {
      if (started) {
        throw new IllegalStateException("a guard starts once");
      }
      started = true;
    }
    executor.execute(this::look);
  }

  /**
   * Ends. A look that is under way is waited for, so that a removal of the rules after this is not
   * undone; what it found may still be told. The rules stay. May be called more than once.
   */
  public void stop() {
    synchronized (lock) {
      stopped = true;
      if (next != null) {
        next.close();
      }
    }
  }

  private void look() {
    boolean changed = false;
    PodIdentityException failure = null;
    synchronized (lock) {
      if (stopped) {
        return;
      }
      try {
        changed = rules.ensure();
        failuresInARow = 0;
      } catch (PodIdentityException e) {
        failure = e;
      } catch (RuntimeException e) {
        failure =
            new PodIdentityException(
                ErrorReason.REDIRECT_FAILED, "looking after the rules failed", e);
      }
      if (failure != null) {
        failuresInARow++;
      }
    }
    try {
      if (failure == null) {
        listener.onInPlace(changed);
      } else {
        listener.onFailure(failure);
      }
    } finally {
      scheduleNext();
    }
  }

  private void scheduleNext() {
    synchronized (lock) {
      if (!stopped) {
        next = timer.schedule(rest(), () -> executor.execute(this::look));
      }
    }
  }

  private Duration rest() {
    if (failuresInARow == 0) {
      return interval;
    }
    Duration rest = FIRST_RETRY;
    for (int i = 1; i < failuresInARow && rest.compareTo(interval) < 0; i++) {
      rest = rest.multipliedBy(2);
    }
    return rest.compareTo(interval) < 0 ? rest : interval;
  }
}
