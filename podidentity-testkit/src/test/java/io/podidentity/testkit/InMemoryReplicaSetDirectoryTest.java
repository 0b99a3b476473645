package io.podidentity.testkit;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.ReplicaSetDirectory;
import io.podidentity.testkit.contract.ReplicaSetDirectoryContract;

class InMemoryReplicaSetDirectoryTest extends ReplicaSetDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();
  private int uids;

  @Override
  protected ReplicaSetDirectory directory() {
    return cluster;
  }

  @Override
  protected String create(NamespacedName name) {
    uids++;
    cluster.putReplicaSet(name, "uid-" + uids);
    return "uid-" + uids;
  }

  @Override
  protected void delete(NamespacedName name) {
    cluster.deleteReplicaSet(name);
  }
}
