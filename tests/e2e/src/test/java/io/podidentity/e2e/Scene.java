package io.podidentity.e2e;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One test's own namespace in Kubernetes, and what it puts there; closing it removes that. */
final class Scene implements AutoCloseable {

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
    cluster
        .api()
        .apply(
            """
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentity
            metadata: {name: %1$s, namespace: %2$s}
            spec: {type: 0, resourceID: %3$s, clientID: %4$s}
            ---
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentityBinding
            metadata: {name: %1$s-binding, namespace: %2$s}
            spec: {azureIdentity: %1$s, selector: %5$s}
            """
                .formatted(
                    identity.name(),
                    namespace,
                    identity.resourceId(),
                    identity.clientId(),
                    selector));
  }

  /**
   * Creates an {@code AzureIdentity} of a service principal, a binding to pods with its name as
   * their label.
   *
   * @param spec of the identity, as YAML in braces
   */
  void bindServicePrincipal(String name, String spec) {
    cluster
        .api()
        .apply(
            """
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentity
            metadata: {name: %1$s, namespace: %2$s}
            spec: %3$s
            ---
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentityBinding
            metadata: {name: %1$s-binding, namespace: %2$s}
            spec: {azureIdentity: %1$s, selector: %1$s}
            """
                .formatted(name, namespace, spec));
  }

  /** Creates a Secret, and gives NMI the right of {@code deploy/rbac/nmi-secrets.yaml} here. */
  void secret(String name, Map<String, byte[]> entries) {
    String data =
        entries.entrySet().stream()
            .map(one -> one.getKey() + ": " + Base64.getEncoder().encodeToString(one.getValue()))
            .collect(Collectors.joining(", "));
    cluster
        .api()
        .apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: %1$s, namespace: %2$s}
            data: {%3$s}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: aad-pod-id-nmi-secrets-binding, namespace: %2$s}
            subjects: [{kind: ServiceAccount, name: aad-pod-id-nmi-service-account, namespace: default}]
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: aad-pod-id-nmi-secrets-role}
            """
                .formatted(name, namespace, data));
  }

  /** A running pod with the label {@code aadpodidbinding} of that value. */
  TestPod pod(String name, TestNode node, String selector) {
    return run(name, node, Map.of("aadpodidbinding", selector));
  }

  /** A running pod without that label. */
  TestPod unlabelledPod(String name, TestNode node) {
    return run(name, node, Map.of("app", name));
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
    return pod.name() + "-" + namespace + "-" + identity.name();
  }

  /** The record's state; empty if there is no record. */
  String recordState(TestPod pod, BoundIdentity identity) {
    return cluster
        .api()
        .kubectl(
            "get",
            "azureassignedidentity",
            recordName(pod, identity),
            "-n",
            "default",
            "--ignore-not-found",
            "-o",
            "jsonpath={.status.status}");
  }

  void awaitAssigned(TestPod pod, BoundIdentity identity) {
    Await.until(
        recordName(pod, identity) + " is Assigned",
        SETTLED,
        () -> recordState(pod, identity).equals("Assigned"));
  }

  void awaitNoRecord(TestPod pod, BoundIdentity identity) {
    String object = "azureassignedidentity/" + recordName(pod, identity);
    Await.until(
        object + " is gone",
        SETTLED,
        () ->
            cluster
                .api()
                .kubectl("get", object, "-n", "default", "--ignore-not-found", "-o", "name")
                .isEmpty());
  }

  @Override
  public void close() {
    List.copyOf(pods).forEach(pod -> pod.network().close());
    cluster
        .api()
        .kubectl(
            "delete",
            "azureidentitybindings,azureidentities,pods",
            "--all",
            "-n",
            namespace,
            "--grace-period=0",
            "--force",
            "--wait=false");
  }

  private TestPod run(String name, TestNode node, Map<String, String> labels) {
    var network = node.network().addPod(name);
    RunningPod object = new RunningPod(namespace, name, node.name(), network.address(), labels);
    TestPod pod = new TestPod(object, network, node);
    pods.add(pod);
    cluster.kubelet().run(object);
    return pod;
  }
}
