package io.podidentity.harness.net;

import java.util.ArrayList;
import java.util.List;

/**
 * A node's namespace, set up as kube-proxy and a routed CNI such as Calico leave it: it forwards,
 * {@code route_localnet} is on, reverse-path filters are off, and its default gateway is the azure
 * namespace. Not thread-safe.
 */
public final class NodeNetwork {

  private static final int FIRST_BRIDGED = 130;

  private final int number;
  private final NetworkNamespace namespace;
  private final List<PodNetwork> pods = new ArrayList<>();
  private final List<NetworkNamespace> bridged = new ArrayList<>();
  private int lastPod;

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
    if (lastPod == 254) {
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
   * Makes a pod's namespace as the bridge plugin connects it (kubenet, flannel): its other end is a
   * port of the bridge {@code cbr0}, on which the node is 10.244.N.129. Its address is 10.244.N.130
   * or the next one.
   *
   * @param label part of the namespace's name
   */
  public NetworkNamespace addBridgedPod(String label) {
    String gateway = "10.244." + number + ".129";
    if (bridged.isEmpty()) {
      namespace.ip(
          "link add cbr0 type bridge",
          "address add " + gateway + "/25 dev cbr0",
          "link set cbr0 up");
    }
    int last = FIRST_BRIDGED + bridged.size();
    NetworkNamespace pod = NetworkNamespace.create(label);
    bridged.add(pod);
    Cable.connect(pod.device("eth0"), namespace.device("port" + last));
    namespace.ip("link set port" + last + " master cbr0");
    pod.ip(
        "address add 10.244." + number + "." + last + "/25 dev eth0",
        "route add default via " + gateway);
    return pod;
  }

  /** Removes its pods. */
  void close() {
    bridged.forEach(NetworkNamespace::close);
    bridged.clear();
    pods.forEach(PodNetwork::close);
    pods.clear();
  }
}
