package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential.ManagedIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read is what was written: it decides what is taken off a machine. */
final class ProvenanceAnnotationsTest {
  private static final String FOLDER =
      "/subscriptions/S/resourcegroups/My.Group_(1)-\u00e4/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/";
  private static final ResourceId KUBELET = new ResourceId(FOLDER + "kubelet-id");
  private static final Provenance WRITTEN =
      new Provenance(
          ComputeTarget.virtualMachine("s", "g", "n1"),
          Set.of(KUBELET, new ResourceId(FOLDER + "App_2")),
          Instant.parse("2026-01-02T03:04:05.678Z"));

  @Test
  void whatIsWrittenIsRead() {
    assertThat(roundTrip(WRITTEN)).isEqualTo(WRITTEN);
    assertThat(roundTrip(Provenance.UNKNOWN)).isEqualTo(Provenance.UNKNOWN);
    assertThat(roundTrip(WRITTEN.without(WRITTEN.addedIds())).added()).isEqualTo(Set.of());
  }

  /** Whoever may write an AzureIdentity must not have another one taken off by it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubelet-id",
        "kubelet-id,",
        ",kubelet-id",
        "x," + FOLDER + "kubelet-id",
        "kubelet-id ",
        "kubelet-id\n",
        "kubelet-id\r",
        "kubelet-id\u0000",
        "kubelet-id\u3000",
        "\u212aubelet-id",
        "kubelet-\u0130d",
      })
  void whatAnIdentitySaysIsNeverReadAsAnotherOne(String name) {
    AzureIdentityResource resource =
        Json.read(
            Json.write(
                Map.of("spec", Map.of("type", 0, "resourceID", FOLDER + name, "clientID", "c"))),
            AzureIdentityResource.class);
    Set<ResourceId> added =
        IdentityMapping.identity(resource, new NamespacedName("n", "i")).credential()
                instanceof ManagedIdentity managed
            ? Set.of(managed.resourceId())
            : Set.of();

    assertThat(roundTrip(WRITTEN.without(WRITTEN.addedIds()).adding(null, added)).added())
        .isEqualTo(added);
    assertThat(added.contains(KUBELET)).isEqualTo(name.equals("kubelet-id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kubelet-id,", "kubelet-id ", "kubelet-id\n", "x,kubelet-id", "k\u00e4"})
  void whatMicNeverWroteIsNothingThatItAdded(String name) {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(ProvenanceAnnotations.ADDED, FOLDER + name);

    assertThat(read(annotations).added()).isEqualTo(Set.of());
  }

  private static Provenance roundTrip(Provenance provenance) {
    Map<String, String> annotations = new HashMap<>();
    ProvenanceAnnotations.of(provenance)
        .forEach((key, value) -> annotations.compute(key, (name, old) -> value));
    return read(annotations);
  }

  private static Provenance read(Map<String, String> annotations) {
    AzureAssignedIdentityResource record = new AzureAssignedIdentityResource();
    record.setMetadata(new ObjectMetaBuilder().withAnnotations(annotations).build());
    return ProvenanceAnnotations.read(Metadata.of(record));
  }
}
