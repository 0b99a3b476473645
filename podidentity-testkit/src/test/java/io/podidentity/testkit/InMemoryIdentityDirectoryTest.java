package io.podidentity.testkit;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.testkit.contract.IdentityDirectoryContract;

class InMemoryIdentityDirectoryTest extends IdentityDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();

  @Override
  protected IdentityDirectory directory() {
    return cluster;
  }

  @Override
  protected void put(AzureIdentity identity) {
    cluster.putIdentity(identity);
  }

  @Override
  protected void deleteIdentity(NamespacedName name) {
    cluster.deleteIdentity(name);
  }
}
