package io.podidentity.api.embed;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What a table of {@link Workloads} is told of one of them. Immutable.
 *
 * @param name tells it from the others
 * @param addresses from which it asks; an address that two workloads have is nobody's
 * @param identities those that it may have, of its own namespace; a request that names none gets
 *     one of them
 */
public record Workload(
    NamespacedName name, Set<InetAddress> addresses, Collection<AzureIdentity> identities) {
  /** Copies the collections. */
  public Workload {
    requireNonNull(name, "name");
    addresses = Set.copyOf(addresses);
    identities = List.copyOf(identities);
  }
}
