package io.podidentity.api.model;

import java.util.Comparator;

/**
 * The namespace and name of a Kubernetes object. Ordered by namespace, then name.
 *
 * @param namespace not empty
 * @param name not empty
 */
public record NamespacedName(String namespace, String name) implements Comparable<NamespacedName> {
  private static final Comparator<NamespacedName> ORDER =
      Comparator.comparing(NamespacedName::namespace).thenComparing(NamespacedName::name);

  public NamespacedName {
    Checks.notEmpty(namespace, "namespace");
    Checks.notEmpty(name, "name");
  }

  @Override
  public int compareTo(NamespacedName other) {
    return ORDER.compare(this, other);
  }

  /** {@code namespace/name}, as {@code kubectl} and logs write it. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
