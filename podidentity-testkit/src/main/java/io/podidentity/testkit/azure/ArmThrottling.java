package io.podidentity.testkit.azure;

import io.podidentity.testkit.azure.ArmLimits.Bucket;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests against {@link ArmLimits}. What is refused is not counted. Safe for use by
 * several threads.
 */
final class ArmThrottling {
  private static final double NANOS = 1e9;

  private final Map<String, Level> levels = new HashMap<>();
  private @Nullable ArmLimits limits;
  private long refused;

  private static final class Level {
    double left;
    Instant at;

    Level(double left, Instant at) {
      this.left = left;
      this.at = at;
    }
  }

  private record Limit(String key, Bucket bucket, boolean ofSubscription) {}

  synchronized void limits(@Nullable ArmLimits newLimits) {
    limits = newLimits;
    levels.clear();
  }

  /** How many it has refused. */
  synchronized long refused() {
    return refused;
  }

  /**
   * Takes a request to a virtual machine or scale set, if it is not too much.
   *
   * @return the refusal; null if it is taken
   */
  @Nullable Reply admit(ArmId id, boolean write, ArmCaller caller, Instant now) {
    ArmLimits all = limits();
    if (all == null) {
      return null;
    }
    String kind = write ? "writes" : "reads";
    List<Limit> checked = new ArrayList<>();
    checked.add(
        new Limit(key(kind, id.text()), write ? all.resourceWrites() : all.resourceReads(), false));
    checked.add(
        new Limit(
            key(kind, id.subscription(), id.type()),
            write ? all.computeWrites() : all.computeReads(),
            false));
    checked.add(ofCaller(all, id.subscription(), write, caller));
    return admit(checked, kind, now);
  }

  /** The same for a look at a long operation. */
  @Nullable Reply admitPolling(String subscription, ArmCaller caller, Instant now) {
    ArmLimits all = limits();
    return all == null
        ? null
        : admit(List.of(ofCaller(all, subscription, false, caller)), "reads", now);
  }

  private synchronized @Nullable ArmLimits limits() {
    return limits;
  }

  private static Limit ofCaller(
      ArmLimits all, String subscription, boolean write, ArmCaller caller) {
    String kind = write ? "writes" : "reads";
    return new Limit(
        key(kind, subscription, caller.principalId()),
        write ? all.principalWrites() : all.principalReads(),
        true);
  }

  private synchronized @Nullable Reply admit(List<Limit> checked, String kind, Instant now) {
    for (Limit limit : checked) {
      Level level = level(limit, now);
      if (level.left < 1) {
        refused++;
        return refusal(limit, kind, (1 - level.left) / limit.bucket.perSecond());
      }
    }
    checked.forEach(limit -> level(limit, now).left -= 1);
    return null;
  }

  private Level level(Limit limit, Instant now) {
    Level level = levels.computeIfAbsent(limit.key, key -> new Level(limit.bucket.size(), now));
    double seconds = Duration.between(level.at, now).toNanos() / NANOS;
    level.left = Math.min(limit.bucket.size(), level.left + seconds * limit.bucket.perSecond());
    level.at = now;
    return level;
  }

  private static Reply refusal(Limit limit, String kind, double seconds) {
    Duration wait = Duration.ofSeconds((long) Math.ceil(seconds));
    if (limit.ofSubscription) {
      return ArmErrors.subscriptionThrottled(kind)
          .reply()
          .with("x-ms-ratelimit-remaining-subscription-" + kind, "0")
          .retryAfter(wait);
    }
    return ArmErrors.resourceThrottled().reply().retryAfter(wait);
  }

  private static String key(String... parts) {
    return String.join(" ", parts).toLowerCase(Locale.ROOT);
  }
}
