package io.podidentity.api.spi;

import java.util.Set;

/**
 * The {@code AzureIdentity} objects of the cluster. Called by the token broker on the request's own
 * thread: a look-up neither blocks nor locks, nor walks them. Thread-safe.
 */
@FunctionalInterface
public interface IdentityDirectory {
  /**
   * All {@link io.podidentity.api.model.AzureIdentity#managedIds()} of all objects; a copy, or a
   * view that may change while it is walked.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} until it is
   *     known which there are
   */
  Set<String> describedIds();
}
