package io.podidentity.api.token;

import java.time.Duration;

/**
 * How long a request is held while what it needs is on its way. The bounds of AAD Pod Identity v1
 * are the defaults; v1 polls, here the answer leaves when the awaited change arrives.
 *
 * @param untilPodIsKnown for a pod whose address this node has not heard of; default 1.2 s
 * @param untilRecorded for a pod whose identity has no record yet; default 80 s
 * @param untilAssigned for an identity that is recorded and not yet assigned in Azure, in all; not
 *     less than {@code untilRecorded}; default 100 s
 */
public record HoldPolicy(Duration untilPodIsKnown, Duration untilRecorded, Duration untilAssigned) {
  /** The bounds of AAD Pod Identity v1. */
  public static final HoldPolicy DEFAULT =
      new HoldPolicy(Duration.ofMillis(1200), Duration.ofSeconds(80), Duration.ofSeconds(100));

  /** Refuses negative times, and ones that are not in order. */
  public HoldPolicy {
    if (untilPodIsKnown.isNegative() || untilRecorded.isNegative()) {
      throw new IllegalArgumentException("a hold must not be negative");
    }
    if (untilAssigned.compareTo(untilRecorded) < 0) {
      throw new IllegalArgumentException("untilAssigned must not be less than untilRecorded");
    }
  }
}
