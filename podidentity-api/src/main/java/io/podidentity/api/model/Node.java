package io.podidentity.api.model;

import org.jspecify.annotations.Nullable;

/**
 * A node of the cluster.
 *
 * @param name its name
 * @param target the virtual machine or scale set under it; null where its provider ID does not say
 * @param initialized whether what it is has been said: false of one that has just registered and
 *     waits for the cloud's controller; then it has no target yet
 */
public record Node(String name, @Nullable ComputeTarget target, boolean initialized) {
  /** Refuses an empty name, and a target of one that is not initialized. */
  public Node {
    Checks.notEmpty(name, "name");
    if (target != null && !initialized) {
      throw new IllegalArgumentException("a node that is not initialized has no target yet");
    }
  }

  /** One that says what it is. */
  public Node(String name, @Nullable ComputeTarget target) {
    this(name, target, true);
  }
}
