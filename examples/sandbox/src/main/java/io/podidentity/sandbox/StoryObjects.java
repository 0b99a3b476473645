package io.podidentity.sandbox;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityBindingSpec;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzureIdentitySpec;
import io.podidentity.sandbox.Cast.NodeRole;
import io.podidentity.sandbox.Cast.PodRole;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.util.Map;

/** The story's objects, as an administrator, a scheduler and a kubelet would write them. */
final class StoryObjects {
  /** The namespace of all of them. */
  static final String NAMESPACE = "default";

  private StoryObjects() {}

  static ServiceAccount serviceAccount() {
    return new ServiceAccountBuilder().withMetadata(named("default", Map.of())).build();
  }

  static Node node(NodeRole role) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(role.name())
        .endMetadata()
        .withNewSpec()
        .withProviderID(role.providerId())
        .endSpec()
        .build();
  }

  static AzureIdentityResource identity(UserAssignedIdentity identity) {
    AzureIdentityResource object = new AzureIdentityResource();
    object.setMetadata(named(identity.id().name(), Map.of()));
    object.setSpec(
        new AzureIdentitySpec(
            null,
            0,
            identity.id().toString(),
            identity.clientId(),
            null,
            null,
            null,
            null,
            null,
            null));
    return object;
  }

  /** A binding that selects pods by the identity's name. */
  static AzureIdentityBindingResource binding(UserAssignedIdentity identity) {
    String name = identity.id().name();
    AzureIdentityBindingResource binding = new AzureIdentityBindingResource();
    binding.setMetadata(named(name, Map.of()));
    binding.setSpec(new AzureIdentityBindingSpec(null, name, name, null));
    return binding;
  }

  /** A pod that is scheduled. */
  static Pod pod(PodRole role) {
    return new PodBuilder()
        .withMetadata(
            named(
                role.name(),
                Map.of(
                    "aadpodidbinding",
                    role.label(),
                    EmbeddedKubernetes.NODE_LABEL,
                    role.node().name())))
        .withNewSpec()
        .withNodeName(role.node().name())
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("main")
        .withImage("sandbox")
        .endContainer()
        .endSpec()
        .build();
  }

  /** Its status once its containers run. */
  static PodStatus running(PodRole role) {
    return new PodStatusBuilder()
        .withPhase("Running")
        .withPodIP(role.address())
        .addNewPodIP()
        .withIp(role.address())
        .endPodIP()
        .build();
  }

  private static ObjectMeta named(String name, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withNamespace(NAMESPACE)
        .withName(name)
        .withLabels(labels)
        .build();
  }
}
