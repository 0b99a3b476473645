package io.podidentity.k8s;

import java.time.Duration;
import java.time.Instant;

/**
 * What a lock says about the leader.
 *
 * @param holder the leader's name; empty if there is none
 * @param duration how long it leads after its last renewal
 * @param acquired since when it leads
 * @param renewed when it last said so, by its own clock
 * @param transitions how often the leader has changed
 */
record LeaderRecord(
    String holder, Duration duration, Instant acquired, Instant renewed, int transitions) {

  /** Of one that becomes the leader, or goes on being it. */
  LeaderRecord heldBy(String identity, Duration lasting, Instant now) {
    boolean goesOn = holder.equals(identity);
    return new LeaderRecord(
        identity, lasting, goesOn ? acquired : now, now, goesOn ? transitions : transitions + 1);
  }

  /** Of nobody, in the way of client-go: everyone else may take it at once. */
  LeaderRecord released(Instant now) {
    return new LeaderRecord("", Duration.ofSeconds(1), now, now, transitions);
  }
}
