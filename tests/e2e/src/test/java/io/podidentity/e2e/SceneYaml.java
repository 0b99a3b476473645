package io.podidentity.e2e;

import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** The objects that a {@link Scene} creates, as YAML. */
final class SceneYaml {

  private SceneYaml() {}

  /**
   * An {@code AzureIdentity}.
   *
   * @param annotations as YAML in braces
   * @param spec as YAML in braces
   */
  static String identity(String namespace, String name, String annotations, String spec) {
    return """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzureIdentity
        metadata: {name: %s, namespace: %s, annotations: %s}
        spec: %s
        ---
        """
        .formatted(name, namespace, annotations, spec);
  }

  /** The {@code spec} of a user-assigned identity's {@code AzureIdentity}. */
  static String spec(BoundIdentity identity) {
    return "{type: 0, resourceID: %s, clientID: %s}"
        .formatted(identity.resourceId(), identity.clientId());
  }

  /** A binding of the identity of that name to pods with that label value. */
  static String binding(String namespace, String identity, String selector) {
    return """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzureIdentityBinding
        metadata: {name: %1$s-binding, namespace: %2$s}
        spec: {azureIdentity: %1$s, selector: %3$s}
        ---
        """
        .formatted(identity, namespace, selector);
  }

  /** An {@code AzurePodIdentityException} for pods that have a label of that name and value. */
  static String exception(String namespace, String label, String value) {
    return """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzurePodIdentityException
        metadata: {name: exception, namespace: %s}
        spec: {podLabels: {%s: %s}}
        ---
        """
        .formatted(namespace, label, value);
  }

  /** A Secret. */
  static String plainSecret(String namespace, String name, Map<String, byte[]> entries) {
    String data =
        entries.entrySet().stream()
            .map(one -> one.getKey() + ": " + Base64.getEncoder().encodeToString(one.getValue()))
            .collect(Collectors.joining(", "));
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        data: {%s}
        ---
        """
        .formatted(name, namespace, data);
  }

  /** A Secret, and for NMI the right of {@code deploy/rbac/nmi-secrets.yaml} in its namespace. */
  static String secret(String namespace, String name, Map<String, byte[]> entries) {
    return plainSecret(namespace, name, entries)
        + """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: aad-pod-id-nmi-secrets-binding, namespace: %s}
        subjects: [{kind: ServiceAccount, name: aad-pod-id-nmi-service-account, namespace: default}]
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: aad-pod-id-nmi-secrets-role}
        """
            .formatted(namespace);
  }
}
