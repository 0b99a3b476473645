package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Pod;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The objects of a folder, read as MIC reads them from the API server. A ConfigMap {@code flags}
 * among them holds what differs from the defaults.
 */
final class PlanTable {
  /** When the pictures are taken. */
  static final Instant NOW = Instant.parse("2024-05-01T12:00:00Z");

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private final List<Pod> pods = new ArrayList<>();
  private final List<AzureIdentity> identities = new ArrayList<>();
  private final List<IdentityBinding> bindings = new ArrayList<>();
  private final List<AssignedIdentity> records = new ArrayList<>();
  private final List<io.podidentity.api.model.Node> nodes = new ArrayList<>();
  private final Map<String, String> flags = new HashMap<>();

  private PlanTable() {}

  static PlanTable read(Path folder) throws IOException {
    PlanTable table = new PlanTable();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(PlanTable::isInput).sorted().toList()) {
        for (String document : Files.readString(file).split("(?m)^---\\n", -1)) {
          if (!document.isBlank()) {
            table.add(document);
          }
        }
      }
    }
    return table;
  }

  ClusterSnapshot snapshot() {
    return new ClusterSnapshot(pods, identities, bindings, records, nodes, NOW);
  }

  PlannerOptions options() {
    return new PlannerOptions(
        Boolean.parseBoolean(flags.get("forceNamespaced")),
        Set.of(flags.getOrDefault("immutable-user-msis", "").split(",")),
        flags.getOrDefault("userAssignedIdentityID", ""),
        Boolean.parseBoolean(flags.get("refuse-cluster-identity")),
        Duration.parse(flags.getOrDefault("detach-delay", "PT0S")));
  }

  private static boolean isInput(Path file) {
    return file.getFileName().toString().startsWith("in-");
  }

  private void add(String yaml) {
    HasMetadata object = YAML.unmarshal(yaml);
    switch (object.getKind()) {
      case "Pod" -> addPod(YAML.unmarshal(yaml, PodResource.class));
      case "AzureIdentity" -> {
        AzureIdentityResource it = YAML.unmarshal(yaml, AzureIdentityResource.class);
        identities.add(IdentityMapping.identity(it, Metadata.of(it).name()));
      }
      case "AzureIdentityBinding" -> {
        AzureIdentityBindingResource it = YAML.unmarshal(yaml, AzureIdentityBindingResource.class);
        bindings.add(IdentityMapping.binding(it, Metadata.of(it).name()));
      }
      case "AzureAssignedIdentity" ->
          records.add(
              RecordMapping.record(YAML.unmarshal(yaml, AzureAssignedIdentityResource.class)));
      case "Node" -> nodes.add(node(YAML.unmarshal(yaml, Node.class)));
      case "ConfigMap" -> flags.putAll(YAML.unmarshal(yaml, ConfigMap.class).getData());
      default -> throw new IllegalArgumentException("no part of a plan: " + object.getKind());
    }
  }

  private void addPod(PodResource resource) {
    Pod pod = PodMapping.forPlanning(resource);
    if (pod == null) {
      throw new IllegalArgumentException("a pod needs a UID: " + Metadata.of(resource).name());
    }
    pods.add(pod);
  }

  private static io.podidentity.api.model.Node node(Node node) {
    String providerId = node.getSpec() == null ? null : node.getSpec().getProviderID();
    return new io.podidentity.api.model.Node(
        node.getMetadata().getName(),
        ComputeTarget.fromProviderId(Metadata.orEmpty(providerId)).orElse(null),
        NodeMapping.isInitialized(node));
  }
}
