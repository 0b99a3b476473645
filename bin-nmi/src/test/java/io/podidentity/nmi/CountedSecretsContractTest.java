package io.podidentity.nmi;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.SecretReader;
import io.podidentity.testkit.InMemorySecrets;
import io.podidentity.testkit.contract.SecretReaderContract;
import java.util.Map;

final class CountedSecretsContractTest extends SecretReaderContract {
  private final InMemorySecrets secrets = new InMemorySecrets();

  @Override
  protected SecretReader reader() {
    return new CountedSecrets(secrets, new NmiMetrics());
  }

  @Override
  protected String namespace() {
    return "default";
  }

  @Override
  protected void put(NamespacedName secret, Map<String, byte[]> entries) {
    secrets.put(secret, entries);
  }

  @Override
  protected void delete(NamespacedName secret) {
    secrets.delete(secret);
  }
}
