package io.podidentity.api.spi;

import io.podidentity.api.model.AzureIdentity;
import java.util.Collection;

/**
 * The {@code AzureIdentity} objects of the cluster. Called by the token broker on the request's own
 * thread: a look-up neither blocks nor locks. Thread-safe.
 */
@FunctionalInterface
public interface IdentityDirectory {
  /**
   * Every identity, in any order; a copy, or a view that may change while it is walked.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} until it is
   *     known which there are
   */
  Collection<AzureIdentity> identities();
}
