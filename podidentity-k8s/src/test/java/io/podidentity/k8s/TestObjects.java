package io.podidentity.k8s;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Objects named after what a test does with them. */
final class TestObjects {
  private TestObjects() {}

  static Pod pod(String name, @Nullable String node, InetAddress... addresses) {
    return new Pod(
        new NamespacedName("default", name),
        UUID.randomUUID().toString(),
        node,
        Map.of(IdentityBinding.POD_LABEL, name),
        Set.of(addresses),
        PodPhase.RUNNING,
        false,
        false);
  }

  static AzureIdentity identity(String name) {
    return identity(name, name);
  }

  static AzureIdentity identity(String name, String azureName) {
    return new AzureIdentity(
        new NamespacedName("default", name),
        UUID.randomUUID().toString(),
        1,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of(
                "22222222-2222-2222-2222-222222222222",
                "rg",
                "Microsoft.ManagedIdentity",
                "userAssignedIdentities",
                azureName),
            new ClientId("33333333-3333-3333-3333-333333333333")));
  }

  static IdentityBinding binding(String name) {
    return new IdentityBinding(new NamespacedName("default", name), name, name);
  }

  static DesiredAssignment desired(String name, String node) {
    Pod pod = pod(name, node);
    AzureIdentity identity = identity(name);
    return new DesiredAssignment(
        DesiredAssignment.recordName(pod.name(), identity, false),
        pod,
        node,
        binding(name),
        identity);
  }

  static AssignedIdentity record(String name, String node) {
    DesiredAssignment desired = desired(name, node);
    return new AssignedIdentity(
        desired.record(),
        "",
        "",
        desired.pod().name(),
        desired.pod().uid(),
        node,
        desired.identity(),
        desired.binding(),
        AssignmentState.CREATED,
        false);
  }
}
