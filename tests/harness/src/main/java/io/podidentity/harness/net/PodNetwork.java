package io.podidentity.harness.net;

import io.podidentity.harness.process.Command;

/**
 * A pod's namespace, connected as Calico does it: {@code eth0} has a /32 address, the gateway
 * 169.254.1.1 does not exist and is answered for by the node's end of the cable (proxy ARP), and
 * the node has a route to the pod's address through that end. Closing it removes both ends.
 */
public final class PodNetwork implements AutoCloseable {

  private static final String GATEWAY = "169.254.1.1";

  private final NetworkNamespace host;
  private final NetworkNamespace namespace;
  private final String address;
  private final String nodeDevice;

  private PodNetwork(
      NetworkNamespace host, NetworkNamespace namespace, String address, String nodeDevice) {
    this.host = host;
    this.namespace = namespace;
    this.address = address;
    this.nodeDevice = nodeDevice;
  }

  static PodNetwork plugIn(NodeNetwork node, NetworkNamespace pod, String address) {
    NetworkNamespace host = node.namespace();
    String device = "pod" + address.substring(address.lastIndexOf('.') + 1);
    try {
      Cable.connect(pod.device("eth0"), host.device(device));
      host.sysctl(
          "net/ipv4/conf/" + device + "/proxy_arp=1",
          // By default a proxy waits up to 0.8 s before it answers.
          "net/ipv4/neigh/" + device + "/proxy_delay=0");
      host.ip("route add " + address + " dev " + device + " scope link src " + node.address());
      pod.ip(
          "address add " + address + "/32 dev eth0",
          "route add " + GATEWAY + " dev eth0 scope link",
          "route add default via " + GATEWAY);
    } catch (RuntimeException e) {
      pod.close();
      throw e;
    }
    return new PodNetwork(host, pod, address, device);
  }

  /**
   * As the network plugin {@code bridge} does it; see {@link NodeNetwork#addBridgedPod}.
   *
   * @param range the address with the length of its network's prefix
   */
  static PodNetwork plugIntoBridge(
      NetworkNamespace host, String bridge, NetworkNamespace pod, String range, String gateway) {
    String address = range.substring(0, range.indexOf('/'));
    String port = "port" + address.substring(address.lastIndexOf('.') + 1);
    try {
      Cable.connect(pod.device("eth0"), host.device(port));
      host.ip("link set " + port + " master " + bridge);
      pod.ip("address add " + range + " dev eth0", "route add default via " + gateway);
    } catch (RuntimeException e) {
      pod.close();
      throw e;
    }
    return new PodNetwork(host, pod, address, port);
  }

  /** Where the pod's containers would run. */
  public NetworkNamespace namespace() {
    return namespace;
  }

  /** The pod's address, {@code status.podIP}. */
  public String address() {
    return address;
  }

  /** The node's end of the cable, from which the pod's packets come; perhaps a bridge's port. */
  public String nodeDevice() {
    return nodeDevice;
  }

  @Override
  public void close() {
    // The kernel takes a removed namespace's devices apart later, and the next pod with this
    // address
    // wants the name. It is no error if the node went first.
    Command.of("ip", "-n", host.name(), "link", "delete", nodeDevice).run();
    namespace.close();
  }
}
