package io.podidentity.harness.kube;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Plays the kubelets and the scheduler of a cluster that has none: it writes the nodes, the pods'
 * places and their status. It runs nothing; a pod's process, if a test needs one, is the test's.
 */
public final class KubeletStandIn {

  private final KubernetesApi api;

  /**
   * @param api where it writes; a server without controllers
   */
  public KubeletStandIn(KubernetesApi api) {
    this.api = api;
  }

  /**
   * Registers a node.
   *
   * @param providerId {@code spec.providerID}, such as {@code azure:///subscriptions/…}
   */
  public void registerNode(String name, String providerId) {
    api.apply(
        """
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "%s"},
         "spec": {"providerID": "%s"}}
        """
            .formatted(name, providerId));
  }

  /**
   * Reports a node as ready and as one with Linux, so that pods may be placed there; until then it
   * has the taint of one that is not ready.
   */
  public void reportReady(String node) {
    api.kubectl(
        "patch",
        "node",
        node,
        "--subresource=status",
        "-p",
        "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}");
    api.kubectl("label", "node", node, "kubernetes.io/os=linux");
    api.kubectl("taint", "node", node, "node.kubernetes.io/not-ready-");
  }

  /** Creates the pod on its node and reports it as running, with its address. */
  public void run(RunningPod pod) {
    create(pod);
    reportAddress(pod, "Running");
  }

  /** As {@link #run}, but its init containers are still at work. */
  public void initialize(RunningPod pod) {
    create(pod);
    reportAddress(pod, "Pending");
  }

  /** Creates the pod on its node; it stays pending and has no address. */
  public void create(RunningPod pod) {
    api.apply(
        """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": "%s", "namespace": "%s", "labels": {%s}},
         "spec": {"nodeName": "%s", "hostNetwork": %s,
                  "containers": [{"name": "main", "image": "main"}]}}
        """
            .formatted(
                pod.name(), pod.namespace(), json(pod.labels()), pod.node(), pod.hostNetwork()));
  }

  /**
   * Reports that the pod's containers ended.
   *
   * @param phase {@code Succeeded} or {@code Failed}
   */
  public void end(RunningPod pod, String phase) {
    patchStatus(pod, "{\"status\": {\"phase\": \"" + phase + "\"}}");
  }

  /** Asks for the pod's end; it is terminating until {@link #remove(RunningPod)}. */
  public void terminate(RunningPod pod) {
    api.kubectl("delete", "pod", pod.name(), "-n", pod.namespace(), "--wait=false");
  }

  /** Deletes the pod for good, as a kubelet does when its containers have ended. */
  public void remove(RunningPod pod) {
    api.kubectl("delete", "pod", pod.name(), "-n", pod.namespace(), "--grace-period=0", "--force");
  }

  private void reportAddress(RunningPod pod, String phase) {
    patchStatus(
        pod,
        """
        {"status": {"phase": "%2$s", "podIP": "%1$s", "podIPs": [{"ip": "%1$s"}]}}
        """
            .formatted(pod.address(), phase));
  }

  private void patchStatus(RunningPod pod, String patch) {
    api.kubectl(
        "patch", "pod", pod.name(), "-n", pod.namespace(), "--subresource=status", "-p", patch);
  }

  private static String json(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> "\"" + label.getKey() + "\": \"" + label.getValue() + "\"")
        .collect(Collectors.joining(", "));
  }
}
