package io.podidentity.testkit;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.testkit.contract.PodDirectoryContract;

class InMemoryPodDirectoryTest extends PodDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();

  @Override
  protected PodDirectory directory() {
    return cluster;
  }

  @Override
  protected void put(Pod pod) {
    cluster.putPod(pod);
  }

  @Override
  protected void delete(NamespacedName pod) {
    cluster.deletePod(pod);
  }
}
