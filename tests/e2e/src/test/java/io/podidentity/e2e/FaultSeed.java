package io.podidentity.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The objects of one {@link Fault}, all named after it: a pod, by default running on the node
 * {@code vm} with the fault's name as its label, and what the fault adds. They are written together
 * with those of all faults.
 */
final class FaultSeed {
  /** A node whose pods nothing is assigned for: it is not in Kubernetes. */
  static final String NOWHERE = "nowhere";

  private static final String DEFAULT_NODE = "vm";

  final String name;
  final String namespace;

  /** Another one, whose name makes record names collide: {@code q-} and this one's. */
  final String other;

  final List<String> flags = new ArrayList<>();
  private final int number;
  private final StringBuilder objects = new StringBuilder();
  private final StringBuilder statuses = new StringBuilder();
  private final StringBuilder later = new StringBuilder();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private String podName;
  private String node = DEFAULT_NODE;
  private String phase = "Running";
  private String address;
  private boolean hostNetwork;
  private boolean absent;

  FaultSeed(String name, int number, String namespace) {
    this.name = name;
    this.podName = name;
    this.number = number;
    this.namespace = namespace;
    this.other = "q-" + namespace;
    this.address = "10.201.0." + number;
    labels.put("aadpodidbinding", name);
  }

  /** The pod that asks, as {@code nmi explain} takes it. */
  String pod() {
    return namespace + "/" + podName;
  }

  String podName() {
    return podName;
  }

  /** All objects. */
  String objects() {
    return (absent ? "" : podYaml(namespace, podName)) + objects;
  }

  /** The pods' statuses. */
  String statuses() {
    return (absent ? "" : status(namespace, podName, phase, address)) + statuses;
  }

  /** What is written when MIC has stopped. */
  String later() {
    return later.toString();
  }

  FaultSeed absent() {
    absent = true;
    return this;
  }

  FaultSeed podName(String another) {
    podName = another;
    return this;
  }

  FaultSeed node(String another) {
    node = another;
    return this;
  }

  FaultSeed nowhere() {
    return node(NOWHERE);
  }

  FaultSeed phase(String another) {
    phase = another;
    return this;
  }

  /** Empty for none. */
  FaultSeed address(String another) {
    address = another;
    return this;
  }

  FaultSeed hostNetwork() {
    hostNetwork = true;
    return this;
  }

  FaultSeed withoutLabel() {
    labels.clear();
    return this;
  }

  FaultSeed label(String key, String value) {
    labels.put(key, value);
    return this;
  }

  FaultSeed flag(String flag) {
    flags.add(flag);
    return this;
  }

  /** Another pod with its address. */
  FaultSeed twin() {
    objects.append(podYaml(namespace, name + "-twin"));
    statuses.append(status(namespace, name + "-twin", "Running", address));
    return this;
  }

  /** A pod of that name in the other namespace, with the same label. */
  FaultSeed podInOther(String pod) {
    objects.append(podYaml(other, pod));
    statuses.append(status(other, pod, "Running", "10.202.0." + number));
    return this;
  }

  /** An AzureIdentity of the fault's name that Azure need not know, and a binding to the pod. */
  FaultSeed bound() {
    return identity(namespace, name).binding(namespace, name, name);
  }

  FaultSeed identity(String inNamespace, String identity) {
    return identity(inNamespace, identity, "{}", managed(identity));
  }

  FaultSeed identity(String inNamespace, String identity, String annotations, String spec) {
    objects.append(SceneYaml.identity(inNamespace, identity, annotations, spec));
    return this;
  }

  /** An AzureIdentity of an identity that is in Azure, and a binding to the pod. */
  FaultSeed bound(BoundIdentity known) {
    objects.append(SceneYaml.identity(namespace, name, "{}", SceneYaml.spec(known)));
    return binding(namespace, name, name);
  }

  FaultSeed binding(String inNamespace, String identity, String selector) {
    objects.append(
        """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzureIdentityBinding
        metadata: {name: %s-binding, namespace: %s}
        spec: {azureIdentity: '%s', selector: '%s'}
        ---
        """
            .formatted(name, inNamespace, identity, selector));
    return this;
  }

  FaultSeed exception(String inNamespace, String key, String value) {
    objects.append(
        SceneYaml.exception(inNamespace, key, value).replace("name: exception", "name: " + name));
    return this;
  }

  /** A record of the pod, written when MIC has stopped. */
  FaultSeed record(String state) {
    return record(state, "default", node, "{nodename: %s}".formatted(node), "");
  }

  /** A record of the pod, written when MIC has stopped. */
  FaultSeed record(
      String state, String inNamespace, String ofNode, String recordLabels, String podUid) {
    later.append(
        """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzureAssignedIdentity
        metadata:
          name: %1$s-%2$s-%3$s
          namespace: %4$s
          labels: %5$s
          annotations: {podidentity.io/pod-uid: '%6$s'}
          finalizers: [azureassignedidentity.finalizers.aadpodidentity.k8s.io]
        spec:
          pod: %1$s
          podNamespace: %2$s
          nodename: %7$s
          azureIdentityRef:
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentity
            metadata: {name: %3$s, namespace: %2$s}
            spec: {type: 0, resourceID: '%8$s', clientID: client-of-%3$s}
          azureBindingRef:
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentityBinding
            metadata: {name: %3$s-binding, namespace: %2$s}
            spec: {azureIdentity: %3$s, selector: %3$s}
        status: {status: %9$s}
        ---
        """
            .formatted(
                podName,
                namespace,
                name,
                inNamespace,
                recordLabels,
                podUid,
                ofNode,
                AzureNames.identity(name),
                state));
    return this;
  }

  FaultSeed yaml(String more) {
    objects.append(more).append("---\n");
    return this;
  }

  private static String managed(String identity) {
    return "{type: 0, resourceID: %s, clientID: client-of-%s}"
        .formatted(AzureNames.identity(identity), identity);
  }

  private String podYaml(String inNamespace, String pod) {
    String all =
        labels.entrySet().stream()
            .map(label -> "'%s': '%s'".formatted(label.getKey(), label.getValue()))
            .collect(Collectors.joining(", "));
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s, labels: {%s}}
        spec: {%shostNetwork: %s, containers: [{name: main, image: main}]}
        ---
        """
        .formatted(
            pod, inNamespace, all, node.isEmpty() ? "" : "nodeName: " + node + ", ", hostNetwork);
  }

  private static String status(String inNamespace, String pod, String phase, String address) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s}
        status: {phase: %s%s}
        ---
        """
        .formatted(
            pod,
            inNamespace,
            phase,
            address.isEmpty() ? "" : ", podIP: '%1$s', podIPs: [{ip: '%1$s'}]".formatted(address));
  }
}
