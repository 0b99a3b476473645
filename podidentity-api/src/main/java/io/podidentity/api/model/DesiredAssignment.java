package io.podidentity.api.model;

import java.util.Objects;

/**
 * One identity that one pod is to have, through one binding.
 *
 * @param record the name of the {@code AzureAssignedIdentity} that stands for it
 * @param pod the pod; scheduled to a node
 * @param nodeName the pod's node
 * @param binding the binding that matched
 * @param identity the identity it names
 */
public record DesiredAssignment(
    NamespacedName record,
    Pod pod,
    String nodeName,
    IdentityBinding binding,
    AzureIdentity identity) {
  /** The namespace of records of identities that are not namespaced, as in AAD Pod Identity v1. */
  public static final String SHARED_NAMESPACE = "default";

  /** Refuses null, and an empty name of a node. */
  public DesiredAssignment {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(pod, "pod");
    Checks.notEmpty(nodeName, "nodeName");
    Objects.requireNonNull(binding, "binding");
    Objects.requireNonNull(identity, "identity");
  }

  /**
   * The name that AAD Pod Identity v1 gives the record: {@code POD-PODNAMESPACE-IDENTITY}, in
   * {@value #SHARED_NAMESPACE}, or in the identity's namespace when it is namespaced.
   */
  public static NamespacedName recordName(
      NamespacedName pod, AzureIdentity identity, boolean forceNamespaced) {
    return new NamespacedName(
        recordNamespace(identity, forceNamespaced),
        pod.name() + "-" + pod.namespace() + "-" + identity.name().name());
  }

  /** The only namespace in which a record of that identity counts. */
  public static String recordNamespace(AzureIdentity identity, boolean forceNamespaced) {
    return identity.isNamespaced(forceNamespaced) ? identity.name().namespace() : SHARED_NAMESPACE;
  }
}
