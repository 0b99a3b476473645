package io.podidentity.testkit;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.testkit.contract.BindingDirectoryContract;

class InMemoryBindingDirectoryTest extends BindingDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();

  @Override
  protected BindingDirectory directory() {
    return cluster;
  }

  @Override
  protected void put(IdentityBinding binding) {
    cluster.putBinding(binding);
  }

  @Override
  protected void put(AzureIdentity identity) {
    cluster.putIdentity(identity);
  }

  @Override
  protected void deleteBinding(NamespacedName name) {
    cluster.deleteBinding(name);
  }

  @Override
  protected void deleteIdentity(NamespacedName name) {
    cluster.deleteIdentity(name);
  }
}
