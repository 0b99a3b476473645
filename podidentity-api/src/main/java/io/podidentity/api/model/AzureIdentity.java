package io.podidentity.api.model;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * An {@code AzureIdentity} object of the cluster.
 *
 * @param name its namespace and name
 * @param uid the UID that Kubernetes gave it; empty where a record holds a copy without it, or no
 *     cluster has it
 * @param generation counts the changes of its spec; 0 where it is not known
 * @param namespacedOnly whether the annotation {@code aadpodidentity.k8s.io/Behavior: namespaced}
 *     keeps it to pods of its own namespace
 * @param credential how it proves itself to Azure
 */
public record AzureIdentity(
    NamespacedName name,
    String uid,
    long generation,
    boolean namespacedOnly,
    Credential credential) {
  /** Refuses null. */
  public AzureIdentity {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(credential, "credential");
  }

  /**
   * A managed identity that no cluster has: without UID and generation, and kept to its namespace.
   */
  public static AzureIdentity managed(
      NamespacedName name, ResourceId resourceId, ClientId clientId) {
    return new AzureIdentity(
        name, "", 0, true, new Credential.ManagedIdentity(resourceId, clientId));
  }

  /** Of what tells objects apart; the whole would be hashed on every request for a token. */
  @Override
  public int hashCode() {
    return 31 * name.hashCode() + uid.hashCode();
  }

  /**
   * By what a managed identity can be asked for: its client ID and its resource ID, in lower case.
   * Empty for what is on no node.
   */
  public Set<String> managedIds() {
    return credential instanceof Credential.ManagedIdentity managed
        ? Set.copyOf(
            List.of(lower(managed.clientId().value()), lower(managed.resourceId().value())))
        : Set.of();
  }

  private static String lower(String id) {
    return id.toLowerCase(Locale.ROOT);
  }

  /** Whether it is kept to pods of its own namespace, by the annotation or for all. */
  public boolean isNamespaced(boolean forceNamespaced) {
    return forceNamespaced || namespacedOnly;
  }

  /** Whether a pod of that namespace may use this identity at all. */
  public boolean isOpenTo(String podNamespace, boolean forceNamespaced) {
    return !isNamespaced(forceNamespaced) || name.namespace().equals(podNamespace);
  }

  /** Whether two versions of the object mean the same: an edit of its metadata changes nothing. */
  public boolean sameMeaningAs(AzureIdentity other) {
    return name.equals(other.name)
        && namespacedOnly == other.namespacedOnly
        && credential.equals(other.credential);
  }
}
