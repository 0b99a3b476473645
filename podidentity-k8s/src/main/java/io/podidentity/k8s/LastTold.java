package io.podidentity.k8s;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Whether a problem that is met on each retry is news: when it begins and when it changes. After
 * some quiet minutes, in which there was none, it is again. Thread-safe.
 */
final class LastTold {
  /** Longer than the rest between two tries: this is another problem, not the same one still. */
  private static final long QUIET_NANOS = Duration.ofMinutes(5).toNanos();

  private record Met(String problem, long at) {}

  private final LongSupplier nanoTime;
  private final AtomicReference<Met> last;

  LastTold(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.last = new AtomicReference<>(new Met("", nanoTime.getAsLong()));
  }

  /** To be asked each time the problem is met. */
  boolean isNews(String problem) {
    Met now = new Met(problem, nanoTime.getAsLong());
    Met before = last.getAndSet(now);
    return !problem.equals(before.problem()) || now.at() - before.at() >= QUIET_NANOS;
  }
}
