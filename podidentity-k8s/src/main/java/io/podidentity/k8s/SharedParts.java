package io.podidentity.k8s;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
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
 */
record SharedParts(
    Function<NamespacedName, @Nullable Pod> pods,
    Function<NamespacedName, @Nullable AzureIdentity> identities,
    Function<NamespacedName, @Nullable IdentityBinding> bindings) {

  /** An equal record. */
  AssignedIdentity in(AssignedIdentity record) {
    Pod pod = pods.apply(record.pod());
    return new AssignedIdentity(
        record.name(),
        record.uid(),
        record.resourceVersion(),
        pod == null ? record.pod() : either(pod.name(), record.pod()),
        pod == null || record.podUid() == null
            ? record.podUid()
            : either(pod.uid(), record.podUid()),
        pod == null ? record.nodeName() : either(pod.nodeName(), record.nodeName()),
        either(identities.apply(record.identity().name()), record.identity()),
        either(bindings.apply(record.binding().name()), record.binding()),
        record.state(),
        record.terminating(),
        record.provenance());
  }

  private static <T> T either(@Nullable T known, T own) {
    return known != null && known.equals(own) ? known : own;
  }
}
