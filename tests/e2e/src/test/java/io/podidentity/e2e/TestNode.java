package io.podidentity.e2e;

import io.podidentity.harness.net.NodeNetwork;

/**
 * A node of the cluster.
 *
 * @param name its name in Kubernetes
 * @param network its namespace
 * @param computeId the resource ID of its virtual machine, or of its scale set
 * @param providerId its {@code spec.providerID}
 */
record TestNode(String name, NodeNetwork network, String computeId, String providerId) {

  /** A node that is a virtual machine, whose name is the node's. */
  static TestNode virtualMachine(String name, NodeNetwork network) {
    String id = AzureNames.virtualMachine(name);
    return new TestNode(name, network, id, "azure://" + id);
  }

  /** A node that is an instance of a scale set. */
  static TestNode instance(String scaleSet, int number, NodeNetwork network) {
    String id = AzureNames.scaleSet(scaleSet);
    String provider = "azure://" + id + "/virtualMachines/" + number;
    return new TestNode("%s%06d".formatted(scaleSet, number), network, id, provider);
  }

  @Override
  public String toString() {
    return name;
  }
}
