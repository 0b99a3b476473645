package io.podidentity.testkit;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.testkit.contract.ClusterViewContract;

class InMemoryClusterViewTest extends ClusterViewContract {
  private final InMemoryCluster cluster = new InMemoryCluster();

  @Override
  protected ClusterView view() {
    return cluster;
  }

  @Override
  protected void put(Pod pod) {
    cluster.putPod(pod);
  }

  @Override
  protected void put(AzureIdentity identity) {
    cluster.putIdentity(identity);
  }

  @Override
  protected void put(IdentityBinding binding) {
    cluster.putBinding(binding);
  }

  @Override
  protected void put(Node node) {
    cluster.putNode(node);
  }

  @Override
  protected void put(AssignedIdentity record) {
    cluster.putRecord(record);
  }

  @Override
  protected void deletePod(NamespacedName name) {
    cluster.deletePod(name);
  }

  @Override
  protected void deleteIdentity(NamespacedName name) {
    cluster.deleteIdentity(name);
  }

  @Override
  protected void deleteBinding(NamespacedName name) {
    cluster.deleteBinding(name);
  }

  @Override
  protected void deleteNode(String name) {
    cluster.deleteNode(name);
  }

  @Override
  protected void deleteRecord(NamespacedName name) {
    cluster.deleteRecord(name);
  }
}
