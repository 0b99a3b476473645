package io.podidentity.azure.arm;

import com.azure.core.http.HttpMethod;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls back while a whole subscription is throttled, for reads or for writes: each machine
 * would be told so by a 429 of its own, and each of those counts. What Azure tells of one machine
 * is that machine's affair, and its worker's. Thread-safe.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling">
 *     Throttling</a>
 */
final class ArmThrottle {
  /** The headers that show, with 0, that it is the subscription's budget that is spent. */
  private static final List<String> BUDGETS =
      List.of(
          "x-ms-ratelimit-remaining-subscription-%s",
          "x-ms-ratelimit-remaining-subscription-global-%s");

  private static final String CODE = "SubscriptionRequestsThrottled";

  private record Scope(String subscription, String kind) {}

  private final Clock clock;
  private final Map<Scope, Instant> closed = new ConcurrentHashMap<>();

  ArmThrottle(Clock clock) {
    this.clock = clock;
  }

  /**
   * Lets a call pass.
   *
   * @throws PodIdentityException with {@code TARGET_UNAVAILABLE} and what is left of the wait, if
   *     Azure asked for one
   */
  void check(String subscription, ArmCall call) {
    Scope scope = scope(subscription, call);
    Instant until = closed.get(scope);
    if (until == null) {
      return;
    }
    Duration left = Duration.between(clock.instant(), until);
    if (left.isNegative() || left.isZero()) {
      closed.remove(scope, until);
      return;
    }
    throw new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        "cannot %s: Azure throttles all %s of the subscription for another %d s"
            .formatted(call.doing(), scope.kind, left.toSeconds() + 1),
        left,
        null);
  }

  /** Learns from an answer. */
  void note(String subscription, ArmCall call, ArmAnswer answer) {
    Scope scope = scope(subscription, call);
    Duration wait = answer.status() == 429 ? answer.retryAfter(clock.instant()) : null;
    if (wait != null && isOfSubscription(answer, scope.kind)) {
      closed.put(scope, clock.instant().plus(wait));
    }
  }

  private static boolean isOfSubscription(ArmAnswer answer, String kind) {
    return CODE.equals(answer.errorCode())
        || BUDGETS.stream()
            .anyMatch(name -> "0".equals(trimmed(answer.header(name.formatted(kind)))));
  }

  private static @Nullable String trimmed(@Nullable String text) {
    return text == null ? null : text.trim();
  }

  private static Scope scope(String subscription, ArmCall call) {
    return new Scope(
        subscription.toLowerCase(Locale.ROOT),
        call.method() == HttpMethod.GET ? "reads" : "writes");
  }
}
