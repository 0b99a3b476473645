package io.podidentity.api.model;

import org.jspecify.annotations.Nullable;

/**
 * A node of the cluster.
 *
 * @param name its name
 * @param target the virtual machine or scale set under it; null where its provider ID does not say
 */
public record Node(String name, @Nullable ComputeTarget target) {
  /** Refuses an empty name. */
  public Node {
    Checks.notEmpty(name, "name");
  }
}
