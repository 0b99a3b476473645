package io.podidentity.api.assignment;

import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says when a pass is made, of which there is one at a time: after each change of the cluster, at
 * an interval in any case, when the last one says, and again after one that failed. Changes that
 * arrive during a pass become one more pass, and changes that come soon after one wait a moment for
 * others. Thread-safe.
 */
final class PassSchedule implements AutoCloseable {
  /** What a pass does. One that throws has failed, and is made again even if nothing changes. */
  interface Pass {
    /**
     * Makes one.
     *
     * @param waited how long the first change since the last pass has waited for this one, at most;
     *     to be asked for once, when the pass has seen what changed
     * @return after which time another is to be made; null if it says nothing of that
     */
    @Nullable Duration make(Supplier<Duration> waited);
  }

  private static final Subscription NONE = () -> {};

  private final Pass pass;
  private final Telemetry telemetry;
  private final Executor passes;
  private final Timer timer;
  private final ReconcilePace pace;

  private final Object lock = new Object();
  // Guarded by lock.
  private int failedPasses;
  private boolean running;
  private boolean again;
  private long restsUntil = System.nanoTime();
  private boolean rests;
  private boolean changedMeanwhile;
  private Duration waited = Duration.ZERO;
  private boolean closed;
  private Subscription changes = NONE;
  private Subscription nextPass = NONE;
  private Subscription retry = NONE;
  private Subscription due = NONE;
  private Subscription rest = NONE;

  /**
   * A schedule that has not begun.
   *
   * @param telemetry told of each pass that failed; does not throw
   * @param passes where passes run
   */
  PassSchedule(Pass pass, Telemetry telemetry, Executor passes, Timer timer, ReconcilePace pace) {
    this.pass = pass;
    this.telemetry = telemetry;
    this.passes = passes;
    this.timer = timer;
    this.pace = pace;
  }

  /** Begins with a pass. To be called once; does nothing after the close. */
  void start(ClusterView view) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      changes = view.onChange(this::changed);
    }
    tick();
  }

  /** Asks for a pass, soon. */
  void nudge() {
    synchronized (lock) {
      again = true;
      if (running || closed) {
        return;
      }
      running = true;
    }
    boolean begun = false;
    try {
      passes.execute(this::passes);
      begun = true;
    } catch (RuntimeException e) {
      telemetry.passFailed(e);
    } finally {
      if (!begun) {
        stopped();
      }
    }
  }

  /** Begins no more passes. One that has begun goes on to its end. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      changes.close();
      nextPass.close();
      retry.close();
      due.close();
      rest.close();
    }
  }

  /** A pass over a large cluster for each of many changes would take all of the processor. */
  private void changed() {
    synchronized (lock) {
      if (rests || closed) {
        return;
      }
      if (running && !pace.apart().isZero()) {
        changedMeanwhile = true;
        return;
      }
      if (restsUntil - System.nanoTime() > 0) {
        rest();
        return;
      }
    }
    nudge();
  }

  private void rest() {
    rests = true;
    waited = Duration.ofNanos(Math.max(0, restsUntil - System.nanoTime()));
    rest = timer.schedule(waited, this::rested);
  }

  private void rested() {
    synchronized (lock) {
      rests = false;
    }
    nudge();
  }

  private void tick() {
    synchronized (lock) {
      if (!closed) {
        nextPass = timer.schedule(pace.interval(), this::tick);
      }
    }
    // Last: it throws if the machine is out of threads.
    nudge();
  }

  private void passes() {
    boolean ended = false;
    try {
      while (isDue()) {
        pass();
      }
      ended = true;
    } finally {
      if (!ended) {
        stopped();
      }
    }
  }

  /** The machine is out of threads or memory: the next nudge must find the way free, and come. */
  private void stopped() {
    synchronized (lock) {
      running = false;
      passAgain();
    }
  }

  private boolean isDue() {
    synchronized (lock) {
      running = again && !closed;
      again = false;
      if (!running && changedMeanwhile && !closed) {
        rest();
      }
      changedMeanwhile = false;
      return running;
    }
  }

  private void pass() {
    long begun = System.nanoTime();
    try {
      succeeded(pass.make(this::waited));
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      long ended = System.nanoTime();
      synchronized (lock) {
        restsUntil = ended + pace.restAfter(Duration.ofNanos(ended - begun)).toNanos();
      }
    }
  }

  private Duration waited() {
    synchronized (lock) {
      Duration time = waited;
      waited = Duration.ZERO;
      return time;
    }
  }

  private void succeeded(@Nullable Duration next) {
    synchronized (lock) {
      failedPasses = 0;
      retry.close();
      due.close();
      if (next != null && !closed) {
        due = timer.schedule(next, this::nudge);
      }
    }
  }

  private void failed(RuntimeException error) {
    telemetry.passFailed(error);
    synchronized (lock) {
      passAgain();
    }
  }

  /** To be called with the lock held. */
  private void passAgain() {
    retry.close();
    if (!closed) {
      failedPasses++;
      retry = timer.schedule(pace.retries().rest(failedPasses, null), this::nudge);
    }
  }
}
