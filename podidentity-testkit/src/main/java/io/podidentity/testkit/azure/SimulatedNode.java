package io.podidentity.testkit.azure;

import java.util.Set;

/**
 * A machine whose metadata service answers for one virtual machine or scale set. Immutable.
 *
 * @param name the host's name
 * @param compute the virtual machine, or the scale set it is an instance of
 * @param addresses where its requests come from, as text without a port
 */
public record SimulatedNode(String name, ArmId compute, Set<String> addresses) {

  /** Copies the addresses. */
  public SimulatedNode {
    addresses = Set.copyOf(addresses);
  }
}
