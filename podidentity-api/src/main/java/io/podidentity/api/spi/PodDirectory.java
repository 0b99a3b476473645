package io.podidentity.api.spi;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The pods of this node, as far as news of them has come. Called by the token broker on the
 * request's own thread: look-ups are hash look-ups in memory that neither block nor lock.
 * Thread-safe.
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

  /**
   * Calls back after each change of the pod of that name.
   *
   * @param wake short, never blocking; may be called from any thread, and more often than needed
   */
  Subscription onChangeOf(NamespacedName pod, Runnable wake);

  /**
   * Asks for all pods of this node as they are now, past what the directory knows. By name or by an
   * address nothing can be asked for: a field selector on {@code status.podIP} sees only the first
   * of a pod's addresses. The broker makes one call at a time, and none more often than once a
   * second.
   *
   * @return completed within seconds by any thread, also with an error: a {@link
   *     io.podidentity.api.PodIdentityException} with {@code CLUSTER_UNAVAILABLE} if nobody answers
   */
  CompletableFuture<List<Pod>> list();
}
