package io.podidentity.k8s;

import java.net.HttpURLConnection;
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

  /**
   * An API server that has just started refuses everybody for a moment, until it has read the
   * roles. Whom it refuses for longer has none.
   */
  private static final long PASSING_NANOS = Duration.ofSeconds(5).toNanos();

  /**
   * A problem.
   *
   * @param since when it began
   * @param at when it was last met
   * @param told whether it was news already
   */
  private record Met(String problem, long since, long at, boolean told) {}

  private final LongSupplier nanoTime;
  private final AtomicReference<Met> last;

  LastTold(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    long now = nanoTime.getAsLong();
    this.last = new AtomicReference<>(new Met("", now, now, true));
  }

  /**
   * To be asked each time the problem is met.
   *
   * @param status of the answer that it is about; 0 for none
   */
  boolean isNews(String problem, int status) {
    long now = nanoTime.getAsLong();
    long patience = status == HttpURLConnection.HTTP_FORBIDDEN ? PASSING_NANOS : 0;
    Met before = last.getAndUpdate(known -> next(known, problem, now, patience));
    Met after = next(before, problem, now, patience);
    return after.told() && !(isSame(before, problem, now) && before.told());
  }

  private static Met next(Met before, String problem, long now, long patience) {
    boolean same = isSame(before, problem, now);
    long since = same ? before.since() : now;
    return new Met(problem, since, now, (same && before.told()) || now - since >= patience);
  }

  private static boolean isSame(Met before, String problem, long now) {
    return problem.equals(before.problem()) && now - before.at() < QUIET_NANOS;
  }
}
