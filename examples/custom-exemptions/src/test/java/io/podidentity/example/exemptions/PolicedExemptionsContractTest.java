package io.podidentity.example.exemptions;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.contract.ExemptionDirectoryContract;

/** With a policy that allows all, the decorator is as good as what it wraps. */
final class PolicedExemptionsContractTest extends ExemptionDirectoryContract {
  private final InMemoryCluster cluster = new InMemoryCluster();
  private final PolicedExemptions directory =
      new PolicedExemptions(cluster, namespace -> true, (namespace, allowed) -> {});
  private int namespaces;

  @Override
  protected PolicedExemptions directory() {
    return directory;
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
