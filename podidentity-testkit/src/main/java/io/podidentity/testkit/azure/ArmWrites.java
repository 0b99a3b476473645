package io.podidentity.testkit.azure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How writes are carried out, for each resource. Safe for use by several threads. */
final class ArmWrites {
  private final Map<ArmId, WriteBehaviour> byResource = new HashMap<>();
  private final Map<ArmId, Deque<ArmError>> failures = new HashMap<>();
  private WriteBehaviour others = WriteBehaviour.synchronous(Duration.ZERO);

  synchronized void set(WriteBehaviour behaviour) {
    others = behaviour;
  }

  synchronized void set(ArmId id, WriteBehaviour behaviour) {
    byResource.put(id, behaviour);
  }

  synchronized WriteBehaviour behaviour(ArmId id) {
    return byResource.getOrDefault(id, others);
  }

  synchronized void fail(ArmId id, int times, ArmError error) {
    if (times < 1) {
      throw new IllegalArgumentException("times must be 1 or more: " + times);
    }
    Deque<ArmError> queue = failures.computeIfAbsent(id, key -> new ArrayDeque<>());
    for (int i = 0; i < times; i++) {
      queue.add(error);
    }
  }

  synchronized @Nullable ArmError takeFailure(ArmId id) {
    Deque<ArmError> queue = failures.get(id);
    return queue == null ? null : queue.poll();
  }
}
