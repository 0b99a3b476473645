package io.podidentity.api.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What failed a moment ago, so that whoever asks again at once does not spend the service's budget.
 * How long depends on the kind of failure. What is wrong with a service principal whatever the
 * resource is remembered of it once: a pod may ask for as many resources as it likes, and each
 * fetch reads a Secret. Thread-safe.
 */
final class RememberedFailures {
  /** For what only a person can heal; he will not wait longer for his change to count. */
  private static final Duration REFUSED = Duration.ofSeconds(30);

  /** For what may have healed; also the least where the service asks for less. */
  private static final Duration TRANSIENT = Duration.ofSeconds(1);

  /** The longest that IMDS documents: 70 s after an update. */
  private static final Duration LONGEST = Duration.ofSeconds(70);

  /** Of a service principal, these come of what is written in it, and of its Secret. */
  private static final Set<ErrorReason> OF_ANY_RESOURCE =
      Set.of(
          ErrorReason.IDENTITY_INVALID,
          ErrorReason.IDENTITY_NOT_PERMITTED,
          ErrorReason.CLUSTER_UNAVAILABLE);

  private static final int MAX_ENTRIES = 500;

  private final Clock clock;
  // By query, or by subject alone.
  private final Cache<Object, Failure> failures =
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
          isOfAnyResource(query, refusal.reason()) ? query.subject() : query,
          new Failure(
              refusal.reason(),
              refusal.getMessage(),
              refusal.retryAfter().isPresent(),
              clock.millis() + keep.toMillis()));
    }
  }

  void forget(TokenQuery query) {
    failures.invalidate(query);
    failures.invalidate(query.subject());
  }

  private static boolean isOfAnyResource(TokenQuery query, ErrorReason reason) {
    return query.service() == TokenService.ENTRA && OF_ANY_RESOURCE.contains(reason);
  }

  /** The failure as it would be answered now; null if none is remembered. */
  @Nullable PodIdentityException of(TokenQuery query) {
    PodIdentityException ofSubject = asOfNow(failures.getIfPresent(query.subject()));
    return ofSubject == null ? asOfNow(failures.getIfPresent(query)) : ofSubject;
  }

  private @Nullable PodIdentityException asOfNow(@Nullable Failure failure) {
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
