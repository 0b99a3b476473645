package io.podidentity.e2e;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.testkit.azure.AzureState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What there is in Azure when the cluster starts: its machines, and no identity but theirs. */
final class InitialAzure {

  private InitialAzure() {}

  /**
   * The machines under the nodes, and the one under API server and MIC.
   *
   * @param machines virtual machines, which have a system-assigned identity
   * @param instances instances of one scale set, which has none
   * @param bare a virtual machine whose pods nothing keeps from the metadata service
   */
  static AzureState of(List<TestNode> machines, List<TestNode> instances, TestNode bare) {
    String control = AzureNames.virtualMachine("control");
    List<AzureState.ComputeResource> computes =
        new ArrayList<>(List.of(compute(control, true), compute(bare.computeId(), true)));
    machines.forEach(node -> computes.add(compute(node.computeId(), true)));
    computes.add(compute(instances.get(0).computeId(), false));

    List<AzureState.Node> nodes = new ArrayList<>();
    machines.forEach(node -> nodes.add(node(node)));
    instances.forEach(node -> nodes.add(node(node)));
    // Azure gives a pod its node's answers: its packets leave with the node's address, or with an
    // address that Azure knows as the node's.
    nodes.add(new AzureState.Node(bare.name(), bare.computeId(), addressesOf(bare)));
    nodes.add(new AzureState.Node("control", control, List.of(ClusterNetwork.CONTROL_ADDRESS)));
    return new AzureState(
        List.of(),
        computes,
        nodes,
        List.of(),
        new AzureState.Cluster(AzureNames.SUBSCRIPTION, AzureNames.RESOURCE_GROUP, "vmss", null));
  }

  /** The node's, and those of all pods that it may ever have. */
  private static List<String> addressesOf(TestNode node) {
    String pods = node.network().podRange();
    return Stream.concat(
            Stream.of(node.network().address()),
            IntStream.rangeClosed(1, 254).mapToObj(last -> pods.replace("0/24", "" + last)))
        .toList();
  }

  private static AzureState.Node node(TestNode node) {
    return new AzureState.Node(node.name(), node.computeId(), List.of(node.network().address()));
  }

  private static AzureState.ComputeResource compute(String id, boolean systemAssigned) {
    return new AzureState.ComputeResource(
        id,
        null,
        null,
        systemAssigned ? new AzureState.SystemIdentity(null, null) : null,
        List.of());
  }
}
