package io.podidentity.k8s;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many calls a second are made to the API server, as client-go's {@code QPS} and {@code Burst}
 * of the same number: so many at once after a quiet second. Calls beyond that wait for their turn,
 * in the order in which they came. Thread-safe.
 */
public final class CallRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /**
   * How long what may wait gives way to the rest. After that it takes its turn among the calls that
   * wait already, which may be seconds away when many threads reserve.
   */
  private static final long GIVES_WAY = TimeUnit.SECONDS.toNanos(3);

  /** After so long without a call of the rest it is taken for done. */
  private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(100);

  /** How far apart calls are that follow each other for long; 0 for any number. */
  private final long apart;

  /** How long the places reach that are free after a quiet time. */
  private final long burst;

  private final LongSupplier nanoTime;
  // When the last of the places ends that are taken. Guarded by this.
  private long taken;
  // When there will have been quiet. Guarded by this.
  private long quietFrom;

  private CallRate(double perSecond, LongSupplier nanoTime) {
    this.apart = perSecond <= 0 ? 0 : Math.round(SECOND / perSecond);
    this.burst = Math.max(SECOND, apart);
    this.nanoTime = nanoTime;
    this.taken = nanoTime.getAsLong();
    this.quietFrom = taken;
  }

  /**
   * So many.
   *
   * @param calls a second; 0 or less for any number
   */
  public static CallRate perSecond(double calls) {
    return of(calls, System::nanoTime);
  }

  /** Any number. */
  public static CallRate unlimited() {
    return perSecond(0);
  }

  static CallRate of(double perSecond, LongSupplier nanoTime) {
    return new CallRate(perSecond, nanoTime);
  }

  /**
   * Waits until it is the caller's turn.
   *
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted
   */
  void await() {
    sleep(reserve());
  }

  /**
   * The same for a call that can wait: it lets the others go first, until there has been none for a
   * tenth of a second and half of what is allowed is free, but no longer than three seconds; then
   * it waits in line like any other.
   *
   * @param since when the three seconds begin: {@link System#nanoTime()}
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted
   */
  void awaitSpare(long since) {
    long end = since + GIVES_WAY;
    Duration wait = reserveSpare();
    while (!wait.isZero()) {
      long left = end - nanoTime.getAsLong();
      if (left <= 0) {
        sleep(take());
        return;
      }
      sleep(Duration.ofNanos(Math.min(left, wait.toNanos())));
      wait = reserveSpare();
    }
  }

  private static void sleep(Duration wait) {
    if (wait.isZero()) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up to wait for a call to the API server", e);
    }
  }

  /** Takes the next place, and says how far away it is. */
  synchronized Duration reserve() {
    Duration wait = take();
    quietFrom = nanoTime.getAsLong() + wait.toNanos() + QUIET;
    return wait;
  }

  private synchronized Duration take() {
    if (apart == 0) {
      return Duration.ZERO;
    }
    long now = nanoTime.getAsLong();
    taken = Math.max(taken, now) + apart;
    return Duration.ofNanos(Math.max(0, taken - burst - now));
  }

  /**
   * Takes a place if there is quiet and half of them are free; else none, and says how long that
   * needs at least.
   */
  synchronized Duration reserveSpare() {
    long now = nanoTime.getAsLong();
    long next = Math.max(taken, now) + apart;
    long free = apart == 0 ? 0 : next - now - Math.max(burst / 2, apart);
    long wait = Math.max(free, quietFrom - now);
    if (wait > 0) {
      return Duration.ofNanos(wait);
    }
    taken = next;
    return Duration.ZERO;
  }
}
