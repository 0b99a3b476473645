package io.podidentity.harness.net;

import java.util.ArrayList;
import java.util.List;

/**
 * A node's namespace, set up as kube-proxy and a routed CNI such as Calico leave it: it forwards,
 * {@code route_localnet} is on, reverse-path filters are off, and its default gateway is the azure
 * namespace. Not thread-safe.
 */
public final class NodeNetwork {

  /** What {@link #addBridgedPod} plugs pods into. */
  public static final String BRIDGE = "cbr0";

  /** What {@link #addPodBesideTheUplink} plugs pods into. */
  public static final String UPLINK_BRIDGE = "azure0";

  private static final int BRIDGE_ADDRESS = 225;
  private static final int FIRST_BESIDE_UPLINK = 151;

  private final int number;
  private final NetworkNamespace namespace;
  private final List<PodNetwork> pods = new ArrayList<>();
  private final CniResults cniResults = CniResults.create();
  private int lastPod;
  private int lastBridged = BRIDGE_ADDRESS;
  private int nextBesideUplink = FIRST_BESIDE_UPLINK;

  NodeNetwork(int number, NetworkNamespace namespace) {
    this.number = number;
    this.namespace = namespace;
  }

  void prepare() {
    namespace.sysctl(
        "net/ipv4/ip_forward=1",
        // kube-proxy sets it; a redirect to 127.0.0.1 needs it on the pods' devices.
        "net/ipv4/conf/all/route_localnet=1",
        // What a machine's own settings hand down differs: the most permissive one is the hardest.
        "net/ipv4/conf/all/rp_filter=0",
        "net/ipv4/conf/default/rp_filter=0");
    namespace.ip(
        "route add default via " + ClusterNetwork.AZURE_ADDRESS,
        // Azure's DHCP hands out this one too.
        "route add " + ClusterNetwork.IMDS_ADDRESS + " via " + ClusterNetwork.AZURE_ADDRESS);
  }

  /** Its number, from 0. */
  public int number() {
    return number;
  }

  /** The node itself: what runs here is a node process or a host-network pod. */
  public NetworkNamespace namespace() {
    return namespace;
  }

  /** Its address: 10.250.0.10 plus its number. */
  public String address() {
    return "10.250.0." + (10 + number);
  }

  /** The range of its pods' addresses: 10.244.N.0/24. */
  public String podRange() {
    return "10.244." + number + ".0/24";
  }

  /**
   * Makes a pod's namespace with the node's next address: 10.244.N.1, 10.244.N.2, …
   *
   * @param label part of the namespace's name
   */
  public PodNetwork addPod(String label) {
    if (lastPod == BRIDGE_ADDRESS - 2) {
      throw new IllegalStateException("no address is left in " + podRange());
    }
    lastPod++;
    return addPod(label, "10.244." + number + "." + lastPod);
  }

  /**
   * Makes a pod's namespace with a given address, for instance that of a pod that was closed.
   *
   * @param label part of the namespace's name
   * @param address one of {@link #podRange()} that no pod has now
   */
  public PodNetwork addPod(String label, String address) {
    PodNetwork pod = PodNetwork.plugIn(this, NetworkNamespace.create(label), address);
    pods.add(pod);
    return pod;
  }

  /**
   * Makes a pod's namespace on a bridge, which the first of them makes: 10.244.N.226, .227, … What
   * a network plugin would leave of it is not written.
   *
   * @param label part of the namespace's name
   */
  public PodNetwork addBridgedPod(String label) {
    if (lastBridged == BRIDGE_ADDRESS) {
      namespace.ip(
          "link add " + BRIDGE + " type bridge",
          "address add " + bridgeAddress() + "/27 dev " + BRIDGE,
          "link set " + BRIDGE + " up");
    }
    lastBridged++;
    String address = "10.244." + number + "." + lastBridged;
    PodNetwork pod =
        PodNetwork.plugIntoBridge(
            namespace, BRIDGE, NetworkNamespace.create(label), address + "/27", bridgeAddress());
    pods.add(pod);
    return pod;
  }

  /**
   * Makes a pod's namespace on one bridge with the node's own link, which the first of them makes a
   * port of it, as Azure CNI does in its bridge mode: addresses are of the node's network,
   * 10.250.0.151 and so on, and the gateway is the node's too. What leaves the node is bridged, not
   * routed. For a network of one node.
   *
   * @param label part of the namespace's name
   */
  public PodNetwork addPodBesideTheUplink(String label) {
    if (nextBesideUplink == FIRST_BESIDE_UPLINK) {
      bridgeTheUplink();
    }
    String address = "10.250.0." + nextBesideUplink;
    nextBesideUplink++;
    PodNetwork pod =
        PodNetwork.plugIntoBridge(
            namespace,
            UPLINK_BRIDGE,
            NetworkNamespace.create(label),
            address + "/24",
            ClusterNetwork.AZURE_ADDRESS);
    pods.add(pod);
    return pod;
  }

  /** The bridge takes the link's address, and with it the routes. */
  private void bridgeTheUplink() {
    namespace.ip(
        "link add " + UPLINK_BRIDGE + " type bridge",
        "link set " + UPLINK_BRIDGE + " address " + namespace.hardwareAddress("eth0"),
        "address flush dev eth0",
        "link set eth0 master " + UPLINK_BRIDGE,
        "address add " + address() + "/24 dev " + UPLINK_BRIDGE,
        "link set " + UPLINK_BRIDGE + " up",
        "route add default via " + ClusterNetwork.AZURE_ADDRESS,
        "route add " + ClusterNetwork.IMDS_ADDRESS + " via " + ClusterNetwork.AZURE_ADDRESS);
  }

  /** The bridge's own address, which is the gateway of the pods on it. */
  public String bridgeAddress() {
    return "10.244." + number + "." + BRIDGE_ADDRESS;
  }

  /** What network plugins left on the node. */
  public CniResults cniResults() {
    return cniResults;
  }

  /** Removes its pods. */
  void close() {
    pods.forEach(PodNetwork::close);
    pods.clear();
  }
}
