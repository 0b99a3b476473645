package io.podidentity.api.model;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The namespace and name of a Kubernetes object. Ordered by namespace, then name.
 *
 * @param namespace not empty
 * @param name not empty
 */
public record NamespacedName(String namespace, String name) implements Comparable<NamespacedName> {
  private static final Comparator<NamespacedName> ORDER =
      Comparator.comparing(NamespacedName::namespace).thenComparing(NamespacedName::name);

  /** Refuses an empty namespace and an empty name. */
  public NamespacedName {
    Checks.notEmpty(namespace, "namespace");
    Checks.notEmpty(name, "name");
  }

  // Written out: what a record has by itself is slow in a JVM that stops at its first compiler, as
  // MIC's does, and a plan asks hundreds of thousands.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof NamespacedName that
            && name.equals(that.name)
            && namespace.equals(that.namespace));
  }

  @Override
  public int hashCode() {
    return 31 * namespace.hashCode() + name.hashCode();
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
