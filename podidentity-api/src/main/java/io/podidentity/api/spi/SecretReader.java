package io.podidentity.api.spi;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.SecretData;
import java.util.Optional;

/**
 * Reads the Secrets in which service principals keep their password or certificate. Called by a
 * token source, on the broker's executor, each time it fetches; may block. Thread-safe.
 */
public interface SecretReader {
  /**
   * Reads a Secret as it is now; nothing is kept.
   *
   * @return empty if there is no such Secret
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} if it could
   *     not be read, or this process may not read it
   */
  Optional<SecretData> read(NamespacedName secret);
}
