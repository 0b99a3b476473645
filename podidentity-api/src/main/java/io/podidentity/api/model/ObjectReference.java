package io.podidentity.api.model;

import java.util.Objects;

/**
 * An object of the cluster, whatever its kind.
 *
 * @param kind as Kubernetes names it, for example {@code AzureIdentity}; not empty
 * @param name its namespace and name
 */
public record ObjectReference(String kind, NamespacedName name) {
  /** Refuses an empty kind. */
  public ObjectReference {
    Checks.notEmpty(kind, "kind");
    Objects.requireNonNull(name, "name");
  }

  /** A reference to that identity's object. */
  public static ObjectReference to(AzureIdentity identity) {
    return new ObjectReference("AzureIdentity", identity.name());
  }

  /** A reference to that binding's object. */
  public static ObjectReference to(IdentityBinding binding) {
    return new ObjectReference("AzureIdentityBinding", binding.name());
  }

  /** For example {@code AzureIdentity default/orders}. */
  @Override
  public String toString() {
    return kind + " " + name;
  }
}
