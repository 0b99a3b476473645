package io.podidentity.k8s;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives a record the very objects that the cluster's pods, identities and bindings hold, where its
 * own are equal. A cluster has thousands of records, each with copies of all three: shared, they
 * are most of the memory less, and a plan compares them without reading them.
 *
 * @param pods the pod of that name, as it is known; null if it is not
 * @param identities the identity, likewise
 * @param bindings the binding, likewise
 * @param targets what is under the node of that name, likewise
 */
record SharedParts(
    Function<NamespacedName, @Nullable Pod> pods,
    Function<NamespacedName, @Nullable AzureIdentity> identities,
    Function<NamespacedName, @Nullable IdentityBinding> bindings,
    Function<String, @Nullable ComputeTarget> targets) {

  /** An equal record. */
  AssignedIdentity in(AssignedIdentity record) {
    Pod pod = pods.apply(record.pod());
    AzureIdentity identity = either(identities.apply(record.identity().name()), record.identity());
    return new AssignedIdentity(
        record.name(),
        record.uid(),
        record.resourceVersion(),
        pod == null ? record.pod() : either(pod.name(), record.pod()),
        pod == null || record.podUid() == null
            ? record.podUid()
            : either(pod.uid(), record.podUid()),
        pod == null ? record.nodeName() : either(pod.nodeName(), record.nodeName()),
        identity,
        either(bindings.apply(record.binding().name()), record.binding()),
        record.state(),
        record.terminating(),
        provenance(record.provenance(), targets.apply(record.nodeName()), identity));
  }

  private static Provenance provenance(
      Provenance own, @Nullable ComputeTarget known, AzureIdentity identity) {
    ComputeTarget target = own.target();
    Set<ResourceId> added = own.added();
    if (target == null || added == null) {
      return own;
    }
    Set<ResourceId> ids =
        identity.credential() instanceof Credential.ManagedIdentity managed
            ? Set.of(managed.resourceId())
            : Set.of();
    return new Provenance(either(known, target), either(ids, added), own.unneededSince());
  }

  private static <T> T either(@Nullable T known, T own) {
    return known != null && known.equals(own) ? known : own;
  }
}
