package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.util.Locale;
import java.util.Map;

/** What an administrator creates. */
final class ClusterObjects {
  private static final String GROUP = "aadpodidentity.k8s.io";
  private static final String VERSION = "v1";

  /** Where all of it is, and MIC's records too. */
  static final String NAMESPACE = "default";

  static final ResourceDefinitionContext RECORDS = kind("AzureAssignedIdentity");
  static final ResourceDefinitionContext IDENTITIES = kind("AzureIdentity");
  static final ResourceDefinitionContext BINDINGS = kind("AzureIdentityBinding");

  private ClusterObjects() {}

  private static ResourceDefinitionContext kind(String kind) {
    String name = kind.toLowerCase(Locale.ROOT);
    return new ResourceDefinitionContext.Builder()
        .withGroup(GROUP)
        .withVersion(VERSION)
        .withKind(kind)
        .withPlural(name.endsWith("y") ? name.substring(0, name.length() - 1) + "ies" : name + "s")
        .withNamespaced(true)
        .build();
  }

  static Node node(String name, String computeId) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withProviderID("azure://" + computeId)
        .endSpec()
        .build();
  }

  static GenericKubernetesResource identity(UserAssignedIdentity identity) {
    return custom(
        "AzureIdentity",
        identity.id().name(),
        Map.of("type", 0, "resourceID", identity.id().text(), "clientID", identity.clientId()));
  }

  /** A binding to pods that have the identity's name as their label. */
  static GenericKubernetesResource binding(UserAssignedIdentity identity) {
    String name = identity.id().name();
    return custom(
        "AzureIdentityBinding", name + "-binding", Map.of("azureIdentity", name, "selector", name));
  }

  private static GenericKubernetesResource custom(
      String kind, String name, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(GROUP + "/" + VERSION)
        .withKind(kind)
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  /** A pod on its node, with that label. */
  static Pod pod(String name, String node, String label) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .addToLabels("aadpodidbinding", label)
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .addNewContainer()
        .withName("main")
        .withImage("main")
        .endContainer()
        .endSpec()
        .build();
  }
}
