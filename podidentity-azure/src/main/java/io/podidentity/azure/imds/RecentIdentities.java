package io.podidentity.azure.imds;

import io.podidentity.api.model.AzureIdentity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last of the identities of which something is known; an edit makes another of one.
 * Thread-safe.
 */
final class RecentIdentities {
  /** A node has a few dozen; what is forgotten is found out again. */
  private static final int REMEMBERED = 1000;

  private final Object lock = new Object();
  private final Map<AzureIdentity, Boolean> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AzureIdentity, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  void add(AzureIdentity identity) {
    synchronized (lock) {
      known.put(identity, true);
    }
  }

  boolean contains(AzureIdentity identity) {
    synchronized (lock) {
      return known.containsKey(identity);
    }
  }
}
