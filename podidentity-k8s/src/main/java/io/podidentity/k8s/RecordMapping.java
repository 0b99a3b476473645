package io.podidentity.k8s;

import static io.podidentity.k8s.Metadata.orEmpty;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.k8s.crd.AssignmentStatus;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureAssignedIdentitySpec;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import org.jspecify.annotations.Nullable;

/** Records, also those that v1 and others wrote. */
final class RecordMapping {
  /** Says which pod a record is about, and not only which name; v1 wrote nothing like it. */
  static final String POD_UID = "podidentity.io/pod-uid";

  private static final AzureAssignedIdentitySpec EMPTY =
      new AzureAssignedIdentitySpec(null, null, null, null, null, null, null);

  private RecordMapping() {}

  /** What a record lacks becomes something that no pod, identity or node matches. */
  static AssignedIdentity record(AzureAssignedIdentityResource resource) {
    Metadata meta = Metadata.of(resource);
    NamespacedName name = meta.name();
    AzureAssignedIdentitySpec spec = resource.getSpec() == null ? EMPTY : resource.getSpec();
    String podUid = orEmpty(meta.annotation(POD_UID));
    return new AssignedIdentity(
        name,
        meta.uid(),
        meta.resourceVersion(),
        pod(spec),
        podUid.isEmpty() ? null : podUid,
        orEmpty(spec.nodeName()),
        identity(spec.azureIdentityRef(), name),
        binding(spec.azureBindingRef(), name),
        state(resource.getStatus()),
        meta.isTerminating(),
        ProvenanceAnnotations.read(meta));
  }

  private static NamespacedName pod(AzureAssignedIdentitySpec spec) {
    String namespace = orEmpty(spec.podNamespace());
    String name = orEmpty(spec.pod());
    return namespace.isEmpty() || name.isEmpty()
        ? Metadata.NOT_AN_OBJECT
        : new NamespacedName(namespace, name);
  }

  private static AzureIdentity identity(
      @Nullable AzureIdentityResource copy, NamespacedName record) {
    return copy == null
        ? new AzureIdentity(
            record, "", 0, false, new Credential.Unusable("the record holds no identity"))
        : IdentityMapping.identity(copy, record);
  }

  private static IdentityBinding binding(
      @Nullable AzureIdentityBindingResource copy, NamespacedName record) {
    return copy == null
        ? new IdentityBinding(record, "", "")
        : IdentityMapping.binding(copy, record);
  }

  private static AssignmentState state(@Nullable AssignmentStatus status) {
    return AssignmentState.parse(status == null ? "" : orEmpty(status.status()));
  }
}
