package io.podidentity.harness.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The network of a small cluster in Azure, all of it in namespaces:
 *
 * <pre>
 *   azure    10.250.0.2, 169.254.169.254   simulated IMDS, ARM and Entra; the nodes' gateway
 *   control  10.250.0.3                    API server, MIC
 *   node N   10.250.0.10+N                 NMI; pods 10.244.N.1, .2, … behind it
 * </pre>
 *
 * They hang on a bridge in a namespace of its own. A pod's packets to 169.254.169.254 reach the
 * azure namespace through its node, and the answers come back: nothing but a redirect on the node
 * keeps a pod from IMDS. Other destinations are answered with "unreachable" by the azure namespace.
 * There is no way to the machine's own network.
 */
public final class ClusterNetwork implements AutoCloseable {

  /** Azure's instance metadata service. */
  public static final String IMDS_ADDRESS = "169.254.169.254";

  /** Where simulated ARM and Entra listen; the nodes' default gateway. */
  public static final String AZURE_ADDRESS = "10.250.0.2";

  /** Where the API server and MIC run. */
  public static final String CONTROL_ADDRESS = "10.250.0.3";

  private static final int MOST_NODES = 100;

  private final Deque<AutoCloseable> youngestFirst = new ArrayDeque<>();
  private final NetworkNamespace fabric;
  private final NetworkNamespace azure;
  private final NetworkNamespace control;
  private final List<NodeNetwork> nodes = new ArrayList<>();

  private ClusterNetwork() {
    fabric = namespace("fabric");
    azure = namespace("azure");
    control = namespace("control");
  }

  /**
   * Builds the network.
   *
   * @param nodeCount how many nodes it has; 1 to 100
   */
  public static ClusterNetwork create(int nodeCount) {
    if (nodeCount < 1 || nodeCount > MOST_NODES) {
      throw new IllegalArgumentException("nodeCount must be 1 to " + MOST_NODES + ": " + nodeCount);
    }
    ClusterNetwork network = new ClusterNetwork();
    try {
      network.build(nodeCount);
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** Where the simulators of Azure run: 169.254.169.254 and 10.250.0.2. */
  public NetworkNamespace azure() {
    return azure;
  }

  /** Where the API server and MIC run: 10.250.0.3. */
  public NetworkNamespace control() {
    return control;
  }

  /** The nodes, by their number. */
  public List<NodeNetwork> nodes() {
    return List.copyOf(nodes);
  }

  /** The node of that number, from 0. */
  public NodeNetwork node(int number) {
    return nodes.get(number);
  }

  /** Removes all of it, pods too. */
  @Override
  public void close() {
    nodes.forEach(NodeNetwork::close);
    while (!youngestFirst.isEmpty()) {
      try {
        youngestFirst.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("removing the network", e);
      }
    }
  }

  private void build(int nodeCount) {
    fabric.ip("link add fabric type bridge", "link set fabric up");
    plugIn(azure, "azure", AZURE_ADDRESS);
    plugIn(control, "control", CONTROL_ADDRESS);
    azure.ip("address add " + IMDS_ADDRESS + "/32 dev lo", "route add unreachable default");
    // Forwards nothing, as all else is unreachable; but only a forwarding host says so.
    azure.sysctl("net/ipv4/ip_forward=1");
    control.ip("route add default via " + AZURE_ADDRESS);
    for (int number = 0; number < nodeCount; number++) {
      NetworkNamespace namespace = namespace("node" + number);
      NodeNetwork node = new NodeNetwork(number, namespace);
      plugIn(namespace, "node" + number, node.address());
      node.prepare();
      nodes.add(node);
    }
    nodes.forEach(this::announcePods);
  }

  /** As the route table of an Azure network does for kubenet: each node's pods are behind it. */
  private void announcePods(NodeNetwork node) {
    String route = "route add " + node.podRange() + " via " + node.address();
    azure.ip(route);
    control.ip(route);
    nodes.stream().filter(other -> other != node).forEach(other -> other.namespace().ip(route));
  }

  private void plugIn(NetworkNamespace namespace, String port, String address) {
    Cable.connect(namespace.device("eth0"), fabric.device(port));
    fabric.ip("link set " + port + " master fabric");
    namespace.ip("address add " + address + "/24 dev eth0");
  }

  private NetworkNamespace namespace(String label) {
    NetworkNamespace namespace = NetworkNamespace.create(label);
    youngestFirst.push(namespace);
    return namespace;
  }
}
