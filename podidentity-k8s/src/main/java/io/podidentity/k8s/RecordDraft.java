package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Provenance;
import io.podidentity.k8s.crd.AssignmentStatus;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureAssignedIdentitySpec;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityBindingSpec;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzureIdentitySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object that stands for an assignment: name, namespace, label, finalizer, whole copies and
 * status as v1 writes them, and the pod's UID besides.
 */
final class RecordDraft {
  /** v1's; a record is not gone before whoever holds it has let go. */
  static final String FINALIZER = "azureassignedidentity.finalizers.aadpodidentity.k8s.io";

  /** No record has that name: it is not made of a pod's and an identity's. */
  static final NamespacedName SAMPLE =
      new NamespacedName(DesiredAssignment.SHARED_NAMESPACE, "rehearsal");

  private RecordDraft() {}

  /** One about nothing, with all that records have. */
  static AzureAssignedIdentityResource sample() {
    String id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
    AzureIdentityResource identity = new AzureIdentityResource();
    identity.setMetadata(meta());
    identity.setSpec(
        new AzureIdentitySpec(null, 0, id, "client", null, null, null, null, null, null));
    AzureIdentityBindingResource binding = new AzureIdentityBindingResource();
    binding.setMetadata(meta());
    binding.setSpec(new AzureIdentityBindingSpec(null, "identity", "selector", null));
    AzureAssignedIdentityResource record = new AzureAssignedIdentityResource();
    record.setMetadata(meta());
    record.setSpec(
        new AzureAssignedIdentitySpec(null, identity, binding, "pod", "namespace", "node", null));
    record.setStatus(new AssignmentStatus(null, 1, AssignmentState.CREATED.text()));
    return record;
  }

  private static ObjectMeta meta() {
    return new ObjectMetaBuilder()
        .withNamespace(SAMPLE.namespace())
        .withName(SAMPLE.name())
        .addToLabels("label", "value")
        .addToAnnotations("annotation", "value")
        .addToFinalizers(FINALIZER)
        .build();
  }

  static AzureAssignedIdentityResource of(
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance,
      AzureIdentityResource identity,
      AzureIdentityBindingResource binding) {
    AzureAssignedIdentityResource record = new AzureAssignedIdentityResource();
    record.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(desired.record().namespace())
            .withName(desired.record().name())
            .build());
    fill(record, desired, state, provenance, identity, binding);
    return record;
  }

  /** Writes over all that a record says about an assignment; what others added to it stays. */
  static void fill(
      AzureAssignedIdentityResource record,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance,
      AzureIdentityResource identity,
      AzureIdentityBindingResource binding) {
    ObjectMeta meta = record.getMetadata();
    meta.setLabels(with(meta.getLabels(), NodeAssignments.NODE_LABEL, desired.nodeName()));
    Map<String, String> annotations =
        with(meta.getAnnotations(), RecordMapping.POD_UID, desired.pod().uid());
    ProvenanceAnnotations.of(provenance)
        .forEach((key, value) -> annotations.compute(key, (name, old) -> value));
    meta.setAnnotations(annotations);
    meta.setFinalizers(with(meta.getFinalizers(), FINALIZER));
    NamespacedName pod = desired.pod().name();
    record.setSpec(
        new AzureAssignedIdentitySpec(
            null, identity, binding, pod.name(), pod.namespace(), desired.nodeName(), null));
    record.setStatus(new AssignmentStatus(null, 1, state.text()));
  }

  private static Map<String, String> with(
      @Nullable Map<String, String> known, String key, String value) {
    Map<String, String> all = new HashMap<>(known == null ? Map.of() : known);
    all.put(key, value);
    return all;
  }

  private static List<String> with(@Nullable List<String> known, String value) {
    List<String> all = new ArrayList<>(known == null ? List.of() : known);
    if (!all.contains(value)) {
      all.add(value);
    }
    return all;
  }
}
