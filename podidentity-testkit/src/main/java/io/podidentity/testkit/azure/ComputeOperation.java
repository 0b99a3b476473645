package io.podidentity.testkit.azure;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One write to a virtual machine or scale set that takes time. Immutable.
 *
 * @param id made up at random; part of the URL to poll
 * @param compute what it changes
 * @param startedAt when it was accepted
 * @param dueAt when it ends by itself
 * @param endedAt when it ended; null while it is in flight
 * @param failure why it failed, or will fail at its end; null if it succeeds
 */
record ComputeOperation(
    String id,
    ArmId compute,
    Instant startedAt,
    Instant dueAt,
    @Nullable Instant endedAt,
    @Nullable ArmError failure) {

  boolean inFlight() {
    return endedAt == null;
  }

  /** The word of Resource Manager. */
  String status() {
    if (endedAt == null) {
      return "InProgress";
    }
    return failure == null ? "Succeeded" : "Failed";
  }

  ComputeOperation ended(Instant at) {
    return new ComputeOperation(id, compute, startedAt, dueAt, at, failure);
  }
}
