package io.podidentity.testkit;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.spi.SecretReader;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Secrets in memory, for tests. Thread-safe. */
public final class InMemorySecrets implements SecretReader {
  private final Map<NamespacedName, SecretData> secrets = new ConcurrentHashMap<>();

  /** Without any Secret. */
  public InMemorySecrets() {}

  /** Creates a Secret, or replaces what it holds. */
  public void put(NamespacedName name, Map<String, byte[]> entries) {
    secrets.put(name, new SecretData(entries));
  }

  /** Deletes a Secret. */
  public void delete(NamespacedName name) {
    secrets.remove(name);
  }

  @Override
  public Optional<SecretData> read(NamespacedName secret) {
    return Optional.ofNullable(secrets.get(secret));
  }
}
