package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.process.CommandFailedException;
import io.podidentity.harness.process.JavaProgram;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;

/**
 * A node with a redirect, a listener in NMI's place that answers who asked, and pods whose
 * addresses may be held to their interfaces.
 */
final class PinnedNode implements SourcePins.Pods, AutoCloseable {
  static final String IMDS = "http://" + ClusterNetwork.IMDS_ADDRESS + "/";
  static final String NMI = "http://127.0.0.1:2579/";
  static final int PORT = 2579;

  /** What is told: the pod's name, the address, and how many. */
  final List<String> alarms = new CopyOnWriteArrayList<>();

  private final List<Pod> pods = new CopyOnWriteArrayList<>();
  private final ClusterNetwork network = ClusterNetwork.create(1);
  private final NodeNetwork node = network.node(0);
  private final SourcePins pins;

  PinnedNode() {
    node.namespace()
        .inside(JavaProgram.of(NamedListenerMain.class, "nmi", "127.0.0.1", "" + PORT))
        .start("nmi")
        .awaitLine(Pattern.compile("^listening$"), Duration.ofSeconds(60));
    Backend.NFT.redirect(node.namespace()).ensure();
    pins = newPins(programs());
  }

  SourcePins pins() {
    return pins;
  }

  NodePrograms programs() {
    return Backend.programs(node.namespace());
  }

  /** Other ones, of that node too. */
  SourcePins newPins(NodePrograms programs) {
    return new SourcePins(
        this,
        programs,
        node.cniResults().folder(),
        ClusterNetwork.IMDS_ADDRESS,
        PORT,
        (pod, address, packets) ->
            alarms.add("%s %s %d".formatted(pod.name().name(), address, packets)));
  }

  NetworkNamespace namespace() {
    return node.namespace();
  }

  @Override
  public List<Pod> all() {
    return List.copyOf(pods);
  }

  @Override
  public Subscription onAnyChange(Runnable wake) {
    return () -> {};
  }

  /** A pod with a routed veth of its own. */
  PodNetwork routed(String name) {
    PodNetwork pod = node.addPod(name);
    run(name, pod.address());
    return pod;
  }

  /** The same with an address that no pod has any more. */
  PodNetwork routed(String name, String address) {
    PodNetwork pod = node.addPod(name, address);
    run(name, address);
    return pod;
  }

  void run(String name, String address) {
    pods.add(pod(name, address, PodPhase.RUNNING, false));
  }

  void put(Pod pod) {
    pods.add(pod);
  }

  static Pod pod(String name, String address, PodPhase phase, boolean terminating) {
    try {
      return new Pod(
          new NamespacedName("default", name),
          uid(name),
          "node",
          Map.of(),
          Set.of(InetAddress.getByName(address)),
          phase,
          false,
          terminating);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String uid(String name) {
    return "uid-of-" + name;
  }

  /** Removes the pod from what is known of the node. */
  void forget(String name) {
    pods.removeIf(pod -> pod.name().name().equals(name));
  }

  /** A pod on a bridge, and the result that libcni keeps of it. */
  PodNetwork bridged(String name) {
    PodNetwork pod = node.addBridgedPod(name);
    run(name, pod.address());
    node.cniResults().write(pod, uid(name));
    return pod;
  }

  /** What libcni keeps of that pod. */
  Path result(String name) {
    return node.cniResults().of(uid(name));
  }

  /** The address of the bridge, which is its pods' gateway. */
  String gateway() {
    return node.bridgeAddress();
  }

  /** The tables of pins that the kernel has. */
  List<String> tables() {
    return node.namespace()
        .exec("nft", "list", "tables")
        .lines()
        .filter(line -> line.contains("podidentity-pins"))
        .toList();
  }

  static String ask(NetworkNamespace from, String url) {
    return Curl.in(from).withTimeout(Duration.ofSeconds(20)).request(url).body();
  }

  static String ask(NetworkNamespace from, String url, String source) {
    return Curl.in(from)
        .withTimeout(Duration.ofSeconds(20))
        .request(url, "--interface", source)
        .body();
  }

  /** Nothing at all comes back. */
  static void assertSilent(NetworkNamespace from, String url, String source) {
    assertThatThrownBy(
            () ->
                Curl.in(from)
                    .withTimeout(Duration.ofSeconds(2))
                    .request(url, "--interface", source))
        .isInstanceOfSatisfying(
            // 28: time over.
            CommandFailedException.class,
            e -> Assertions.assertThat(e.result().exitCode()).isEqualTo(28));
  }

  /** Sends frames by the pod's {@code eth0}. */
  static void send(NetworkNamespace from, List<String> frames) {
    send(from, "eth0", frames);
  }

  static void send(NetworkNamespace from, String device, List<String> frames) {
    String[] arguments = new String[frames.size() + 1];
    arguments[0] = device;
    for (int i = 0; i < frames.size(); i++) {
      arguments[i + 1] = frames.get(i);
    }
    from.inside(JavaProgram.of(FrameSenderMain.class, arguments)).output();
  }

  @Override
  public void close() {
    pins.close();
    network.close();
  }
}
