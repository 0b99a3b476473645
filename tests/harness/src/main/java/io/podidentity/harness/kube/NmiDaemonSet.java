package io.podidentity.harness.kube;

/**
 * NMI's DaemonSet {@code nmi} in a namespace, and its one pod {@code nmi-x}, which a test makes in
 * place of the controller that is not there.
 */
public final class NmiDaemonSet {
  private NmiDaemonSet() {}

  /** Makes the DaemonSet. */
  public static void create(KubernetesApi api, String namespace) {
    api.apply(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: nmi, namespace: %s}
        spec:
          selector: {matchLabels: {component: nmi}}
          template:
            metadata: {labels: {component: nmi}}
            spec:
              containers: [{name: nmi, image: none}]
        """
            .formatted(namespace));
  }

  /**
   * Makes its pod; the DaemonSet must be there.
   *
   * @param serviceAccount must be there
   */
  public static void createPod(
      KubernetesApi api, String namespace, String node, String serviceAccount) {
    String uid =
        api.kubectl("get", "daemonset", "nmi", "-n", namespace, "-o", "jsonpath={.metadata.uid}");
    api.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: nmi-x
          namespace: %s
          ownerReferences:
            - {apiVersion: apps/v1, kind: DaemonSet, name: nmi, uid: %s, controller: true}
        spec:
          nodeName: %s
          hostNetwork: true
          serviceAccountName: %s
          containers: [{name: nmi, image: none}]
        """
            .formatted(namespace, uid, node, serviceAccount));
  }
}
