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
 * Keeps calls to a subscription back: within what Azure documents that one caller may ask of it, by
 * a short wait; and while Azure says that this is spent, altogether. Each machine would be told so
 * by a 429 of its own, and each of those counts. What Azure tells of one machine is that machine's
 * affair, and its worker's. Thread-safe.
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

  /** Whoever would wait longer has to come again, with a newer plan. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String READS = "reads";
  private static final String WRITES = "writes";

  private record Scope(String subscription, String kind) {}

  /** What Azure said, and when: a clock that was set back must not make it last. */
  private record Closed(Instant since, Instant until) {}

  private final Clock clock;
  private final Pause pause;
  private final Map<Scope, Closed> closed = new ConcurrentHashMap<>();
  private final Map<Scope, CallBudget> budgets = new ConcurrentHashMap<>();
  private final Map<Scope, WaitingLine> lines = new ConcurrentHashMap<>();

  ArmThrottle(Clock clock, Pause pause) {
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Waits until it may be read.
   *
   * @throws PodIdentityException with {@code TARGET_UNAVAILABLE} and what is left of the wait, if
   *     that is long or Azure asked for one
   */
  void awaitRead(String subscription) {
    await(scope(subscription, READS));
  }

  /** The same for a change. */
  Turn awaitWrite(String subscription) {
    Scope scope = scope(subscription, WRITES);
    await(scope);
    return new Turn(scope);
  }

  /** Leave for one change; what is not used until it is closed, others get. */
  final class Turn implements AutoCloseable {
    private final Scope scope;
    private boolean used;

    private Turn(Scope scope) {
      this.scope = scope;
    }

    /** To be called before each change; waits for another turn if this one was used. */
    void use() {
      if (used) {
        await(scope);
      }
      used = true;
    }

    @Override
    public void close() {
      if (!used) {
        budget(scope).giveBack();
      }
    }
  }

  private void await(Scope scope) {
    requireOpen(scope);
    Duration wait = budget(scope).take(clock.instant(), PATIENCE);
    if (wait.compareTo(PATIENCE) > 0) {
      throw closed(scope, wait);
    }
    if (!wait.isZero()) {
      line(scope).await(wait);
      requireOpen(scope);
    }
  }

  private WaitingLine line(Scope scope) {
    return lines.computeIfAbsent(scope, key -> new WaitingLine(pause));
  }

  private CallBudget budget(Scope scope) {
    return budgets.computeIfAbsent(
        scope, key -> key.kind.equals(READS) ? CallBudget.ofReads() : CallBudget.ofWrites());
  }

  private void requireOpen(Scope scope) {
    Closed known = closed.get(scope);
    if (known == null) {
      return;
    }
    Instant now = clock.instant();
    Duration left = Duration.between(now, known.until);
    if (left.isNegative() || left.isZero() || now.isBefore(known.since)) {
      closed.remove(scope, known);
      return;
    }
    throw closed(scope, left);
  }

  /** Without the time: the same text again is one event, which is counted. */
  private static PodIdentityException closed(Scope scope, Duration left) {
    return new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        "Azure throttles all %s of subscription %s; they go on as soon as it permits"
            .formatted(scope.kind, scope.subscription),
        left,
        null);
  }

  /** Learns from an answer. */
  void note(String subscription, ArmCall call, ArmAnswer answer) {
    Scope scope = scope(subscription, call.method() == HttpMethod.GET ? READS : WRITES);
    Duration wait = answer.status() == 429 ? answer.retryAfter(clock.instant()) : null;
    if (wait != null && isOfSubscription(answer, scope.kind)) {
      Instant now = clock.instant();
      Instant then = now.plus(wait);
      closed.put(scope, new Closed(now, then));
      budget(scope).isSpentUntil(then);
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

  private static Scope scope(String subscription, String kind) {
    return new Scope(subscription.toLowerCase(Locale.ROOT), kind);
  }
}
