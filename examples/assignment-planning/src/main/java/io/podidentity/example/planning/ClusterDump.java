package io.podidentity.example.planning;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Objects as {@code kubectl get -o yaml} prints them, or as they stand in a repository: lists, and
 * documents one after the other. An object takes the place of an earlier one of the same name, as
 * when it is applied. Kinds that have no part in this are passed over, and so are records: the plan
 * is the whole of what the other objects ask for.
 */
final class ClusterDump {
  private final Map<NamespacedName, Pod> pods = new LinkedHashMap<>();
  private final Map<NamespacedName, AzureIdentity> identities = new LinkedHashMap<>();
  private final Map<NamespacedName, IdentityBinding> bindings = new LinkedHashMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();

  private ClusterDump() {}

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if an object has no name, saying which it is
   */
  static ClusterSnapshot parse(String yaml, Instant now) {
    ClusterDump dump = new ClusterDump();
    int count = 0;
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      count++;
      dump.add(new Fields(document), "document " + count);
    }
    return new ClusterSnapshot(
        List.copyOf(dump.pods.values()),
        List.copyOf(dump.identities.values()),
        List.copyOf(dump.bindings.values()),
        List.of(),
        List.copyOf(dump.nodes.values()),
        now);
  }

  private void add(Fields object, String place) {
    String kind = object.text("kind");
    if (kind.equals("List")) {
      int count = 0;
      for (Fields item : object.list("items")) {
        count++;
        add(item, place + ", item " + count);
      }
      return;
    }
    try {
      put(kind, object);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s (%s): %s".formatted(place, kind, e.getMessage()), e);
    }
  }

  private void put(String kind, Fields object) {
    switch (kind) {
      case "Pod" -> pods.put(name(object), pod(object));
      case "Node" -> {
        Node node = node(object);
        nodes.put(node.name(), node);
      }
      case "AzureIdentity" -> identities.put(name(object), identity(object));
      case "AzureIdentityBinding" -> bindings.put(name(object), binding(object));
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
        Credentials.of(object.at("spec")));
  }
}
