package io.podidentity.api.spi;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.NamespacedName;
import java.util.List;
import java.util.Set;

/**
 * The assigned identities of this node's pods. Called by the token broker on the request's own
 * thread: look-ups are hash look-ups in memory that neither block nor lock. Thread-safe.
 */
public interface AssignmentDirectory {
  /** All records about pods of that name, in any state and any order; empty if there are none. */
  List<AssignedIdentity> forPod(NamespacedName pod);

  /**
   * All {@link io.podidentity.api.model.AzureIdentity#managedIds()} of the identities in every
   * record that the directory sees, in any state: those of this node, and maybe of others. A copy,
   * or a view that may change while it is walked.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} until it is
   *     known which there are
   */
  Set<String> recordedIds();

  /**
   * Calls back after each change of a record about a pod of that name.
   *
   * @param wake short, never blocking; may be called from any thread, and more often than needed
   */
  Subscription onChange(NamespacedName pod, Runnable wake);
}
