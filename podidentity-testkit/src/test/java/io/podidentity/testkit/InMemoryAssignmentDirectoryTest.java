package io.podidentity.testkit;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.testkit.contract.AssignmentDirectoryContract;

class InMemoryAssignmentDirectoryTest extends AssignmentDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();

  @Override
  protected AssignmentDirectory directory() {
    return cluster;
  }

  @Override
  protected void put(AssignedIdentity record) {
    cluster.putRecord(record);
  }

  @Override
  protected void delete(NamespacedName record) {
    cluster.deleteRecord(record);
  }
}
