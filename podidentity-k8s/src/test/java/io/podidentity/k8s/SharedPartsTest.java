package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SharedPartsTest {
  @Test
  void equalPartsAreTheVeryObjectsThatAreKnown() {
    Pod pod = pod("uid-1");
    AzureIdentity identity = identity("client");
    IdentityBinding binding = binding();
    ComputeTarget target = ComputeTarget.virtualMachine("s", "g", "vm");
    AssignedIdentity record = record("uid-1", identity("client"));

    AssignedIdentity shared =
        new SharedParts(name -> pod, name -> identity, name -> binding, name -> target).in(record);

    assertThat(shared).isEqualTo(record);
    assertThat(shared.pod()).isSameAs(pod.name());
    assertThat(shared.podUid()).isSameAs(pod.uid());
    assertThat(shared.nodeName()).isSameAs(pod.nodeName());
    assertThat(shared.identity()).isSameAs(identity);
    assertThat(shared.binding()).isSameAs(binding);
    assertThat(shared.provenance().target()).isSameAs(target);
    assertThat(shared.provenance().addedIds())
        .singleElement()
        .isSameAs(((Credential.ManagedIdentity) identity.credential()).resourceId());
  }

  @Test
  void whatMicPutElsewhereOrBesidesStaysAsItIs() {
    ResourceId other =
        ResourceId.of("s", "g", "Microsoft.ManagedIdentity", "userAssignedIdentities", "other");
    AssignedIdentity record = record("uid-1", identity("client"));
    AssignedIdentity two =
        record.with(
            "8",
            record.state(),
            record.provenance().adding(record.provenance().target(), Set.of(other)));

    AssignedIdentity shared =
        new SharedParts(
                name -> null,
                name -> identity("client"),
                name -> null,
                name -> ComputeTarget.virtualMachine("s", "g", "another"))
            .in(two);

    assertThat(shared).isEqualTo(two);
  }

  @Test
  void whatIsUnequalOrUnknownStaysAsItIs() {
    AssignedIdentity record = record("uid-1", identity("client"));
    AssignedIdentity ofV1 = record(null, identity("client"));

    assertThat(
            new SharedParts(
                    name -> pod("uid-2"), name -> identity("other"), name -> null, name -> null)
                .in(record))
        .isEqualTo(record);
    assertThat(new SharedParts(name -> null, name -> null, name -> null, name -> null).in(record))
        .isEqualTo(record);
    assertThat(
            new SharedParts(name -> pod("uid-2"), name -> null, name -> null, name -> null)
                .in(ofV1))
        .isEqualTo(ofV1);
  }

  private static AssignedIdentity record(@Nullable String podUid, AzureIdentity identity) {
    return new AssignedIdentity(
        new NamespacedName("default", "web-team-id"),
        "record",
        "7",
        new NamespacedName("team", "web"),
        podUid,
        text("node"),
        identity,
        binding(),
        AssignmentState.ASSIGNED,
        false,
        new Provenance(
            ComputeTarget.virtualMachine("S", "G", "VM"),
            Set.of(
                ResourceId.of(
                    "S", "G", "microsoft.managedidentity", "userassignedidentities", "ID")),
            null));
  }

  private static Pod pod(String uid) {
    return new Pod(
        new NamespacedName("team", "web"),
        text(uid),
        text("node"),
        Map.of(IdentityBinding.POD_LABEL, "app"),
        Set.of(),
        PodPhase.RUNNING,
        false,
        false);
  }

  private static AzureIdentity identity(String clientId) {
    return new AzureIdentity(
        new NamespacedName("team", "id"),
        "identity",
        3,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of("s", "g", "Microsoft.ManagedIdentity", "userAssignedIdentities", "id"),
            new ClientId(clientId)));
  }

  private static IdentityBinding binding() {
    return new IdentityBinding(new NamespacedName("team", "binding"), "id", "app");
  }

  /** A text of its own, as each one that is read from the API server is. */
  private static String text(String content) {
    return String.valueOf(content.toCharArray());
  }
}
