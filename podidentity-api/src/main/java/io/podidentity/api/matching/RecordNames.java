package io.podidentity.api.matching;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;

/**
 * How records about one identity and pods of one namespace are named: the pod's name, and an end
 * that they share. Immutable.
 */
final class RecordNames {
  private final String namespace;
  private final String end;
  private final int endHash;
  // By what the hash of a text grows when the end is added to it.
  private final int factor;

  /**
   * The names of records about an identity.
   *
   * @param pod any pod of the namespace
   */
  RecordNames(NamespacedName pod, AzureIdentity identity, boolean forceNamespaced) {
    NamespacedName whole = DesiredAssignment.recordName(pod, identity, forceNamespaced);
    namespace = whole.namespace();
    end = whole.name().substring(pod.name().length());
    int power = 1;
    for (int i = 0; i < end.length(); i++) {
      power *= 31;
    }
    factor = power;
    endHash = 31 * namespace.hashCode() + end.hashCode();
  }

  /** The name for that pod. */
  NamespacedName of(NamespacedName pod) {
    return new NamespacedName(namespace, pod.name() + end);
  }

  /**
   * The hash code of the name for a pod: by how {@link String#hashCode} is defined, without the
   * text.
   *
   * @param pod that of the pod's name, without its namespace
   */
  int hash(int pod) {
    return pod * factor + endHash;
  }

  /** Whether that is the name for that pod. */
  boolean fits(NamespacedName name, NamespacedName pod) {
    return name.name().length() == pod.name().length() + end.length()
        && name.name().startsWith(pod.name())
        && name.name().endsWith(end)
        && name.namespace().equals(namespace);
  }
}
