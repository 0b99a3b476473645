package io.podidentity.testkit;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.testkit.contract.ExemptionDirectoryContract;

class InMemoryExemptionDirectoryTest extends ExemptionDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();
  private int namespaces;

  @Override
  protected ExemptionDirectory directory() {
    return cluster;
  }

  @Override
  protected String freshNamespace() {
    namespaces++;
    return "namespace-" + namespaces;
  }

  @Override
  protected void put(PodExemption exemption) {
    cluster.putExemption(exemption);
  }

  @Override
  protected void delete(NamespacedName exemption) {
    cluster.deleteExemption(exemption);
  }
}
