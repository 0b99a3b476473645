package io.podidentity.iptables;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rules in place: looks at once, whenever the rules tell of a change, and after each
 * interval; where they cannot tell of all changes, each second. A failure is reported, never fatal,
 * and retried after 1 s, then 2 s, 4 s and so on up to the interval. It has no thread of its own.
 * Thread-safe.
 *
 * <p>However many changes are told, looks take no more than a fifth of the time; see {@link
 * LookPace}. Looks each second begin each second, unless one takes nearly as long.
 */
public final class RulesGuard {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Between two looks each second, however long they take. */
  private static final Duration BREATH = Duration.ofMillis(250);

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
  private final LongSupplier nanoTime;

  private final Object lock = new Object();
  private boolean started;
  private boolean stopped;
  private int failuresInARow;
  private @Nullable Subscription next;
  private NodeRules.@Nullable News news;

  private final LookPace pace = new LookPace();

  /** A look that some change asked for is planned. */
  private boolean woken;

  /**
   * A guard that does nothing yet.
   *
   * @param timer says when to look; it is not kept busy
   * @param interval from one look to the next; positive; v1's default is 60 s
   * @param executor where it looks; a look may block for as long as the rules may
   */
  public RulesGuard(
      NodeRules rules, Timer timer, Duration interval, Executor executor, Listener listener) {
    this(rules, timer, interval, executor, listener, System::nanoTime);
  }

  /** The same with a clock of its own. */
  RulesGuard(
      NodeRules rules,
      Timer timer,
      Duration interval,
      Executor executor,
      Listener listener,
      LongSupplier nanoTime) {
    this.nanoTime = requireNonNull(nanoTime, "nanoTime");
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
      if (stopped) {
        return;
      }
    }
    // Before the first look, which holds the lock until the rules are there.
    NodeRules.News listening = rules.listen(this::wake);
    synchronized (lock) {
      news = listening;
      if (stopped) {
        listening.close();
        return;
      }
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
      if (news != null) {
        news.close();
      }
    }
  }

  /** Something changed: looks at once, or as soon as the pace allows. */
  private void wake() {
    synchronized (lock) {
      if (stopped || woken) {
        // The look that is planned already will see it.
        return;
      }
      woken = true;
      if (next != null) {
        plan(pause());
      }
    }
  }

  private Duration pause() {
    return pace.rest(nanoTime.getAsLong());
  }

  /** Plans the next look in place of the one that was planned. */
  private void plan(Duration delay) {
    if (next != null) {
      next.close();
    }
    next = timer.schedule(delay, () -> executor.execute(this::look));
  }

  private void look() {
    boolean changed = false;
    PodIdentityException failure = null;
    synchronized (lock) {
      if (stopped) {
        return;
      }
      woken = false;
      long begun = nanoTime.getAsLong();
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
      pace.looked(begun, nanoTime.getAsLong());
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
      // A change since the look has planned the next one, unless this was the first.
      if (!stopped && (!woken || next == null)) {
        plan(woken ? pause() : rest());
      }
    }
  }

  private Duration rest() {
    if (failuresInARow == 0) {
      Duration poll = longer(POLL.minus(pace.lastTook()), BREATH);
      return news == null || news.isComplete() ? interval : shorter(poll, interval);
    }
    Duration rest = FIRST_RETRY;
    for (int i = 1; i < failuresInARow && rest.compareTo(interval) < 0; i++) {
      rest = rest.multipliedBy(2);
    }
    return rest.compareTo(interval) < 0 ? rest : interval;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
