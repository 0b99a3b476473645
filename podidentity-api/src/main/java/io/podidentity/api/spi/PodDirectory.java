package io.podidentity.api.spi;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The pods of this node. Called by the token broker on the request's own thread: look-ups are hash
 * look-ups in memory that neither block nor lock. Thread-safe.
 */
public interface PodDirectory {
  /**
   * All pods that have the address among theirs, whatever their phase, host-network pods included.
   *
   * @return empty if there is none; more than one while an address changes hands
   */
  List<Pod> byAddress(InetAddress address);

  /** The pod of that name; empty if this node has none. */
  Optional<Pod> byName(NamespacedName name);

  /**
   * Calls back after each change of a pod that has, or had, the address.
   *
   * @param wake short, never blocking; may be called from any thread, and more often than needed
   */
  Subscription onChange(InetAddress address, Runnable wake);
}
