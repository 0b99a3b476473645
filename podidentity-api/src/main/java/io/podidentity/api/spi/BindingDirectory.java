package io.podidentity.api.spi;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import java.util.List;
import java.util.Optional;

/**
 * The bindings and identities of the cluster, which managed mode goes by. Called by the token
 * broker on the request's own thread: look-ups are hash look-ups in memory that neither block nor
 * lock. Thread-safe.
 */
public interface BindingDirectory extends IdentityDirectory {
  /**
   * The bindings of a namespace that select that label value, in any order.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} until it is
   *     known which there are
   */
  List<IdentityBinding> bindings(String namespace, String selector);

  /** The identity of that name; empty if there is none. */
  Optional<AzureIdentity> identity(NamespacedName name);
}
