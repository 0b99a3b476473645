package io.podidentity.nmi;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.spi.SecretReader;
import java.util.Optional;

/** Counts what cannot be read, as AAD Pod Identity v1 does; a Secret that is not there, too. */
record CountedSecrets(SecretReader secrets, NmiMetrics metrics) implements SecretReader {
  @Override
  public Optional<SecretData> read(NamespacedName secret) {
    Optional<SecretData> read;
    try {
      read = secrets.read(secret);
    } catch (RuntimeException e) {
      metrics.secretFailed();
      throw e;
    }
    if (read.isEmpty()) {
      metrics.secretFailed();
    }
    return read;
  }
}
