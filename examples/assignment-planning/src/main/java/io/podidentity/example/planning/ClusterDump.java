package io.podidentity.example.planning;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Objects as {@code kubectl get -o yaml} prints them, or as they stand in a repository: lists, and
 * documents one after the other. Kinds that have no part in this are passed over, and so are
 * records: the plan is the whole of what the other objects ask for.
 */
final class ClusterDump {
  private final List<Pod> pods = new ArrayList<>();
  private final List<AzureIdentity> identities = new ArrayList<>();
  private final List<IdentityBinding> bindings = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();

  private ClusterDump() {}

  static ClusterSnapshot parse(String yaml, Instant now) {
    ClusterDump dump = new ClusterDump();
    new Load(LoadSettings.builder().build())
        .loadAllFromString(yaml)
        .forEach(document -> dump.add(new Fields(document)));
    return new ClusterSnapshot(
        dump.pods, dump.identities, dump.bindings, List.of(), dump.nodes, now);
  }

  private void add(Fields object) {
    switch (object.text("kind")) {
      case "List" -> object.list("items").forEach(this::add);
      case "Pod" -> pods.add(pod(object));
      case "Node" -> nodes.add(node(object));
      case "AzureIdentity" -> identities.add(identity(object));
      case "AzureIdentityBinding" -> bindings.add(binding(object));
      default -> {}
    }
  }

  private static NamespacedName name(Fields object) {
    Fields meta = object.at("metadata");
    String namespace = meta.text("namespace");
    return new NamespacedName(namespace.isEmpty() ? "default" : namespace, meta.text("name"));
  }

  private static Pod pod(Fields object) {
    NamespacedName name = name(object);
    String phase = object.at("status").text("phase");
    return new Pod(
        name,
        "uid-of-" + name,
        object.at("spec").text("nodeName"),
        object.at("metadata").at("labels").texts(),
        Set.of(),
        phase.equals("Succeeded") || phase.equals("Failed") ? PodPhase.SUCCEEDED : PodPhase.RUNNING,
        "true".equals(object.at("spec").text("hostNetwork")),
        false);
  }

  private static Node node(Fields object) {
    String providerId = object.at("spec").text("providerID");
    return new Node(
        object.at("metadata").text("name"), ComputeTarget.fromProviderId(providerId).orElse(null));
  }

  private static IdentityBinding binding(Fields object) {
    Fields spec = object.at("spec");
    return new IdentityBinding(name(object), spec.text("azureIdentity"), spec.text("selector"));
  }

  private static AzureIdentity identity(Fields object) {
    Map<String, String> annotations = object.at("metadata").at("annotations").texts();
    return new AzureIdentity(
        name(object),
        "",
        0,
        "namespaced".equals(annotations.get("aadpodidentity.k8s.io/Behavior")),
        credential(object.at("spec")));
  }

  /** Of managed identities alone: the others are on no machine, so nothing is planned for them. */
  private static Credential credential(Fields spec) {
    try {
      return new Credential.ManagedIdentity(
          new ResourceId(spec.text("resourceID")), new ClientId(spec.text("clientID")));
    } catch (IllegalArgumentException e) {
      return new Credential.Unusable(String.valueOf(e.getMessage()));
    }
  }
}
