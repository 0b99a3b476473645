package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each machine asks, and refuses what is too much. What is refused is not counted. Safe
 * for use by several threads.
 */
final class ImdsThrottle {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Map<String, Machine> machines = new HashMap<>();
  private @Nullable ImdsLimits limits;

  private static final class Machine {
    final Deque<Instant> tokens = new ArrayDeque<>();
    final Deque<Instant> others = new ArrayDeque<>();
    int underWay;
  }

  synchronized void limits(@Nullable ImdsLimits newLimits) {
    limits = newLimits;
  }

  /**
   * Answers a request if it is not too much.
   *
   * @param machine whose request it is
   * @param token whether it is for the identity endpoints
   */
  CompletableFuture<Reply> admit(
      String machine, boolean token, Instant now, Supplier<CompletableFuture<Reply>> answer) {
    if (!enter(machine, token, now)) {
      return CompletableFuture.completedFuture(tooMany());
    }
    return answer.get().whenComplete((reply, error) -> leave(machine, token));
  }

  private synchronized boolean enter(String name, boolean token, Instant now) {
    Machine machine = machines.computeIfAbsent(name, key -> new Machine());
    if (limits != null) {
      boolean tooMuch =
          token
              ? machine.underWay >= limits.tokensAtOnce()
                  || !fits(machine.tokens, limits.tokensPerSecond(), now)
              : !fits(machine.others, limits.othersPerSecond(), now);
      if (tooMuch) {
        return false;
      }
    }
    machine.underWay += token ? 1 : 0;
    return true;
  }

  private synchronized void leave(String name, boolean token) {
    Machine machine = machines.get(name);
    if (machine != null && token) {
      machine.underWay--;
    }
  }

  private static boolean fits(Deque<Instant> lately, int most, Instant now) {
    while (!lately.isEmpty() && !lately.getFirst().isAfter(now.minus(SECOND))) {
      lately.removeFirst();
    }
    if (lately.size() >= most) {
      return false;
    }
    lately.addLast(now);
    return true;
  }

  /** The page names neither a text nor a header for it. */
  private static Reply tooMany() {
    return ImdsRules.error(429, "too_many_requests", "Too many requests");
  }
}
