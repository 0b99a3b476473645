package io.podidentity.e2e;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.PodNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One test's own namespace in Kubernetes, and what it puts there; closing it removes that. Where a
 * class takes it before all of its tests, they share it.
 */
final class Scene implements AutoCloseable {

  private static final String LABEL = "aadpodidbinding";
  private static final Duration SETTLED = Duration.ofSeconds(40);

  private final EndToEndCluster cluster;
  private final String namespace;
  private final List<TestPod> pods = new ArrayList<>();

  Scene(EndToEndCluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
    cluster.api().createNamespace(namespace);
  }

  String namespace() {
    return namespace;
  }

  /** A user-assigned identity in Azure that Kubernetes does not know yet. */
  BoundIdentity identity(String name) {
    return cluster.azure().createIdentity(namespace + "-" + name);
  }

  /** Creates the identity's {@code AzureIdentity}, and a binding to pods with that label value. */
  void bind(BoundIdentity identity, String selector) {
    bind(identity.name(), "{}", SceneYaml.spec(identity), selector);
  }

  /** As {@link #bind(BoundIdentity, String)}, for pods of this namespace alone. */
  void bindNamespaced(BoundIdentity identity, String selector) {
    String annotations = "{aadpodidentity.k8s.io/Behavior: namespaced}";
    bind(identity.name(), annotations, SceneYaml.spec(identity), selector);
  }

  /**
   * Creates an {@code AzureIdentity} and a binding to pods with its name as their label.
   *
   * @param spec of the identity, as YAML in braces
   */
  void bindBySpec(String name, String spec) {
    bind(name, "{}", spec, name);
  }

  private void bind(String name, String annotations, String spec, String selector) {
    cluster
        .api()
        .apply(
            SceneYaml.identity(namespace, name, annotations, spec)
                + SceneYaml.binding(namespace, name, selector));
  }

  /** Makes pods exempt that have a label of that name and value. */
  void exempt(String label, String value) {
    cluster.api().apply(SceneYaml.exception(namespace, label, value));
  }

  /** Creates a Secret, and gives NMI the right of {@code deploy/rbac/nmi-secrets.yaml} here. */
  void secret(String name, Map<String, byte[]> entries) {
    cluster.api().apply(SceneYaml.secret(namespace, name, entries));
  }

  /** Deletes an object of this namespace, such as {@code azureidentity/orders}. */
  void delete(String object) {
    cluster.api().kubectl("delete", object, "-n", namespace, "--wait=false");
  }

  /** A running pod with the label {@code aadpodidbinding} of that value. */
  TestPod pod(String name, TestNode node, String selector) {
    return pod(node.network().addPod(name), name, node, Map.of(LABEL, selector), running());
  }

  /** As {@link #pod(String, TestNode, String)}, with the address of a pod that is gone. */
  TestPod podAt(String address, String name, TestNode node, String selector) {
    PodNetwork network = node.network().addPod(name, address);
    return pod(network, name, node, Map.of(LABEL, selector), running());
  }

  /** As {@link #pod(String, TestNode, String)}, but its init containers are still at work. */
  TestPod initializingPod(String name, TestNode node, String selector) {
    PodNetwork network = node.network().addPod(name);
    return pod(network, name, node, Map.of(LABEL, selector), cluster.kubelet()::initialize);
  }

  /**
   * As {@link #pod(String, TestNode, String)}, on the node's bridge.
   *
   * @param result whether its network plugin left a result
   */
  TestPod bridgedPod(String name, TestNode node, String selector, boolean result) {
    PodNetwork network = node.network().addBridgedPod(name);
    return pod(
        network,
        name,
        node,
        Map.of(LABEL, selector),
        pod -> {
          cluster.kubelet().create(pod);
          if (result) {
            leaveResult(pod, network, node);
          }
          cluster.kubelet().run(pod);
        });
  }

  /** Writes what a network plugin leaves of a pod on a bridge. */
  void leaveResult(TestPod pod) {
    leaveResult(pod.object(), pod.network(), pod.node());
  }

  private void leaveResult(RunningPod pod, PodNetwork network, TestNode node) {
    String uid =
        cluster
            .api()
            .kubectl("get", "pod/" + pod.name(), "-n", namespace, "-o", "jsonpath={.metadata.uid}");
    node.network().cniResults().write(network, uid);
  }

  /** Waits for an event on a pod, with that reason. */
  void awaitPodEvent(TestPod pod, String reason) {
    Await.until(
        reason + " on " + pod.name(),
        SETTLED,
        () ->
            cluster
                .api()
                .kubectl(
                    "get",
                    "events",
                    "-n",
                    namespace,
                    "--field-selector=involvedObject.name=" + pod.name(),
                    "-o",
                    "jsonpath={.items[*].reason}")
                .contains(reason));
  }

  /** A running pod without that label, but with the label {@code app} of its name. */
  TestPod unlabelledPod(String name, TestNode node) {
    return pod(node.network().addPod(name), name, node, Map.of("app", name), running());
  }

  /** A running pod on its node's network, with that label. */
  RunningPod hostNetworkPod(String name, TestNode node, String selector) {
    RunningPod pod =
        new RunningPod(
            namespace, name, node.name(), node.network().address(), Map.of(LABEL, selector), true);
    cluster.kubelet().run(pod);
    return pod;
  }

  /** A running pod and an identity that is assigned for it. */
  TestPod boundPod(String name, TestNode node, BoundIdentity identity) {
    bind(identity, name);
    TestPod pod = pod(name, node, name);
    awaitAssigned(pod, identity);
    return pod;
  }

  /** Deletes the pod, whose containers end at once. */
  void remove(TestPod pod) {
    cluster.kubelet().remove(pod.object());
    pod.network().close();
    pods.remove(pod);
  }

  /** The name of the record that MIC keeps for the pod and the identity, as v1 names it. */
  String recordName(TestPod pod, BoundIdentity identity) {
    return recordName(pod.name(), identity);
  }

  /** The record's state; empty if there is no record. */
  String recordState(TestPod pod, BoundIdentity identity) {
    return record("default", recordName(pod, identity), "{.status.status}");
  }

  void awaitAssigned(TestPod pod, BoundIdentity identity) {
    awaitAssigned(pod.name(), identity);
  }

  void awaitAssigned(String pod, BoundIdentity identity) {
    awaitState("Assigned", "default", recordName(pod, identity));
  }

  /** As {@link #awaitAssigned}, for an identity that was bound by {@link #bindNamespaced}. */
  void awaitAssignedInItsNamespace(TestPod pod, BoundIdentity identity) {
    awaitState("Assigned", namespace, recordName(pod, identity));
  }

  /** Waits until MIC has recorded the identity, which Azure has not assigned yet. */
  void awaitCreated(TestPod pod, BoundIdentity identity) {
    awaitState("Created", "default", recordName(pod, identity));
  }

  void awaitNoRecord(TestPod pod, BoundIdentity identity) {
    String name = recordName(pod, identity);
    Await.until(
        name + " is gone", SETTLED, () -> record("default", name, "{.metadata.name}").isEmpty());
  }

  /** Waits for an event on an identity's binding, with that text in its message. */
  void awaitBindingEvent(BoundIdentity identity, String text) {
    Await.until(
        "event on the binding of " + identity.name(),
        SETTLED,
        () ->
            cluster
                .api()
                .kubectl(
                    "get",
                    "events",
                    "-n",
                    namespace,
                    "--field-selector=involvedObject.name=" + identity.name() + "-binding",
                    "-o",
                    "jsonpath={.items[*].message}")
                .contains(text));
  }

  @Override
  public void close() {
    List.copyOf(pods).forEach(pod -> pod.network().close());
    cluster
        .api()
        .kubectl(
            "delete",
            "azureidentitybindings,azureidentities,azurepodidentityexceptions,pods",
            "--all",
            "-n",
            namespace,
            "--grace-period=0",
            "--force",
            "--wait=false");
  }

  private String recordName(String pod, BoundIdentity identity) {
    return pod + "-" + namespace + "-" + identity.name();
  }

  private void awaitState(String state, String recordNamespace, String name) {
    Await.until(
        name + " is " + state,
        SETTLED,
        () -> record(recordNamespace, name, "{.status.status}").equals(state));
  }

  private String record(String recordNamespace, String name, String path) {
    return cluster
        .api()
        .kubectl(
            "get",
            "azureassignedidentity",
            name,
            "-n",
            recordNamespace,
            "--ignore-not-found",
            "-o",
            "jsonpath=" + path);
  }

  private Consumer<RunningPod> running() {
    return cluster.kubelet()::run;
  }

  private TestPod pod(
      PodNetwork network,
      String name,
      TestNode node,
      Map<String, String> labels,
      Consumer<RunningPod> begin) {
    RunningPod object = new RunningPod(namespace, name, node.name(), network.address(), labels);
    TestPod pod = new TestPod(object, network, node);
    pods.add(pod);
    begin.accept(object);
    return pod;
  }
}
