package io.podidentity.api.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.TokenQuery;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What failed a moment ago, so that whoever asks again at once does not spend the service's budget.
 * How long depends on the kind of failure. Thread-safe.
 */
final class RememberedFailures {
  /** For what only a person can heal; he will not wait longer for his change to count. */
  private static final Duration REFUSED = Duration.ofSeconds(30);

  /** For what may have healed; also the least where the service asks for less. */
  private static final Duration TRANSIENT = Duration.ofSeconds(1);

  /** The longest that IMDS documents: 70 s after an update. */
  private static final Duration LONGEST = Duration.ofSeconds(70);

  private static final int MAX_ENTRIES = 500;

  private final Clock clock;
  private final Cache<TokenQuery, Failure> failures =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .maximumSize(MAX_ENTRIES)
          // Only frees memory; whether one counts is looked up by the clock below.
          .expireAfterWrite(LONGEST)
          .build();

  private record Failure(
      ErrorReason reason, @Nullable String message, boolean advised, long until) {}

  RememberedFailures(Clock clock) {
    this.clock = clock;
  }

  /** Whether the identity was refused, so that only a person's change can heal it. */
  static boolean isForGood(Throwable failure) {
    return failure instanceof PodIdentityException refusal && !refusal.reason().isTransient();
  }

  /** How long such a failure is to be remembered; zero if not at all. */
  static Duration keep(Throwable failure) {
    if (!(failure instanceof PodIdentityException refusal)
        || refusal.reason() == ErrorReason.SHUTTING_DOWN) {
      return Duration.ZERO;
    }
    if (isForGood(refusal)) {
      return REFUSED;
    }
    Duration said = refusal.retryAfter().orElse(TRANSIENT);
    Duration least = said.compareTo(TRANSIENT) < 0 ? TRANSIENT : said;
    return least.compareTo(LONGEST) > 0 ? LONGEST : least;
  }

  void remember(TokenQuery query, Throwable failure) {
    Duration keep = keep(failure);
    if (!keep.isZero() && failure instanceof PodIdentityException refusal) {
      // Neither its causes nor its stack, which would be most of the memory.
      failures.put(
          query,
          new Failure(
              refusal.reason(),
              refusal.getMessage(),
              refusal.retryAfter().isPresent(),
              clock.millis() + keep.toMillis()));
    }
  }

  void forget(TokenQuery query) {
    failures.invalidate(query);
  }

  /** The failure as it would be answered now; null if none is remembered. */
  @Nullable PodIdentityException of(TokenQuery query) {
    Failure failure = failures.getIfPresent(query);
    if (failure == null) {
      return null;
    }
    long left = failure.until() - clock.millis();
    // A clock that was set back must not make it last.
    if (left <= 0 || left > LONGEST.toMillis()) {
      return null;
    }
    Duration retryAfter =
        failure.advised() || failure.reason().isTransient() ? Duration.ofMillis(left) : null;
    return new PodIdentityException(
        failure.reason(), String.valueOf(failure.message()), retryAfter, null);
  }
}
