package io.podidentity.k8s;

import io.podidentity.api.model.AzureIdentity;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@link AzureIdentity#managedIds()} of many identities, kept as these change. Looking up takes
 * no lock; identities are changed by one thread at a time.
 */
final class ManagedIds {
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();

  /**
   * Puts one identity in the place of another; null for none. What both have is there throughout.
   */
  void replace(@Nullable AzureIdentity before, @Nullable AzureIdentity after) {
    idsOf(after).forEach(id -> counts.merge(id, 1, Integer::sum));
    idsOf(before).forEach(id -> counts.computeIfPresent(id, (key, n) -> n == 1 ? null : n - 1));
  }

  /** As they are now, and will be. */
  Set<String> view() {
    return Collections.unmodifiableSet(counts.keySet());
  }

  private static Set<String> idsOf(@Nullable AzureIdentity identity) {
    return identity == null ? Set.of() : identity.managedIds();
  }
}
