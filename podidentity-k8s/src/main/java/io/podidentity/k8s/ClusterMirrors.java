package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.k8s.NodeMapping.KnownNode;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that MIC follows of a cluster: its pods with the binding label, nodes, identities, bindings
 * and records. The records share what the others know. Thread-safe.
 */
final class ClusterMirrors {
  static final Mirror.Kind<AzureIdentityResource> IDENTITIES =
      new Mirror.Kind<>("azureidentities.aadpodidentity.k8s.io", AzureIdentityResource::new);
  static final Mirror.Kind<AzureIdentityBindingResource> BINDINGS =
      new Mirror.Kind<>(
          "azureidentitybindings.aadpodidentity.k8s.io", AzureIdentityBindingResource::new);

  /**
   * Lists come in pieces of this many objects, so that one does not need them all in memory twice.
   */
  private static final long PAGE = 500;

  /**
   * An object, whole, as records hold a copy of it, and what it means.
   *
   * @param object without {@code managedFields}
   */
  private record Original<T, V>(T object, V meaning) {}

  private final NodeMapping nodeMapping;
  private final Runnable changed;
  private final Mirror<PodResource, Pod> pods;
  private final Mirror<io.fabric8.kubernetes.api.model.Node, KnownNode> nodes;
  private final Mirror<AzureIdentityResource, Original<AzureIdentityResource, AzureIdentity>>
      identities;
  private final Mirror<
          AzureIdentityBindingResource, Original<AzureIdentityBindingResource, IdentityBinding>>
      bindings;
  private final Mirror<AzureAssignedIdentityResource, AssignedIdentity> records;
  private final SharedParts parts =
      new SharedParts(this::knownPod, this::knownIdentity, this::knownBinding, this::knownTarget);
  private final Mirrors all;
  private final List<Followed> followed;

  /**
   * Mirrors that have not begun.
   *
   * @param changed told when something else than a record changes its meaning
   * @param recordChanged told of each change of a record
   */
  ClusterMirrors(
      KubernetesClient client,
      NodeMapping nodeMapping,
      Runnable changed,
      Mirror.Observer<AssignedIdentity> recordChanged) {
    this.nodeMapping = nodeMapping;
    this.changed = changed;
    var podObjects =
        client.resources(PodResource.class).inAnyNamespace().withLabel(IdentityBinding.POD_LABEL);
    var identityObjects = client.resources(AzureIdentityResource.class).inAnyNamespace();
    var bindingObjects = client.resources(AzureIdentityBindingResource.class).inAnyNamespace();
    var recordObjects = client.resources(AzureAssignedIdentityResource.class).inAnyNamespace();
    pods =
        new Mirror<>(
            new Mirror.Kind<>("pods", PodResource::new),
            podObjects.withLimit(PAGE),
            PodMapping::forPlanning,
            (before, after) -> changed.run());
    nodes =
        new Mirror<>(
            new Mirror.Kind<>("nodes", io.fabric8.kubernetes.api.model.Node::new),
            client.nodes().withLimit(PAGE),
            nodeMapping::node,
            (before, after) -> changed.run());
    identities =
        new Mirror<>(
            IDENTITIES,
            identityObjects.withLimit(PAGE),
            object ->
                new Original<>(
                    trimmed(object), IdentityMapping.identity(object, Metadata.of(object).name())),
            this::originalChanged);
    bindings =
        new Mirror<>(
            BINDINGS,
            bindingObjects.withLimit(PAGE),
            object ->
                new Original<>(
                    trimmed(object), IdentityMapping.binding(object, Metadata.of(object).name())),
            this::originalChanged);
    records =
        new Mirror<>(
            KubernetesAssignmentStore.KIND,
            recordObjects.withLimit(PAGE),
            object -> shared(RecordMapping.record(object)),
            recordChanged);
    // The records last: they share what the others know.
    all = new Mirrors(List.of(pods, nodes, identities, bindings), List.of(records));
    followed =
        List.of(
            new Followed(pods, podObjects, PAGE),
            new Followed(nodes, client.nodes(), PAGE),
            new Followed(identities, identityObjects, PAGE),
            new Followed(bindings, bindingObjects, PAGE),
            new Followed(records, recordObjects, PAGE));
  }

  /** All together. */
  ClusterFollower all() {
    return all;
  }

  /** Each with how to list the same. */
  List<Followed> followed() {
    return followed;
  }

  List<Pod> pods() {
    return List.copyOf(pods.values());
  }

  List<AzureIdentity> identities() {
    return identities.values().stream().map(Original::meaning).toList();
  }

  List<IdentityBinding> bindings() {
    return bindings.values().stream().map(Original::meaning).toList();
  }

  List<Node> nodes() {
    return nodes.values().stream().map(KnownNode::meaning).toList();
  }

  Mirror<AzureAssignedIdentityResource, AssignedIdentity> records() {
    return records;
  }

  /** The identity as it is now, whole; null if it is gone. Not to be changed. */
  @Nullable AzureIdentityResource identity(NamespacedName name) {
    var original = identities.get(name.toString());
    return original == null ? null : original.object();
  }

  /** The binding as it is now, whole; null if it is gone. Not to be changed. */
  @Nullable AzureIdentityBindingResource binding(NamespacedName name) {
    var original = bindings.get(name.toString());
    return original == null ? null : original.object();
  }

  /** An equal record, of what the others know. */
  AssignedIdentity shared(AssignedIdentity record) {
    return parts.in(record);
  }

  /** Asks for each node's target again. */
  void renewTargets() {
    nodes.renew(nodeMapping::anew);
  }

  private @Nullable Pod knownPod(NamespacedName name) {
    return pods.get(name.toString());
  }

  private @Nullable AzureIdentity knownIdentity(NamespacedName name) {
    var known = identities.get(name.toString());
    return known == null ? null : known.meaning();
  }

  private @Nullable ComputeTarget knownTarget(String nodeName) {
    KnownNode known = nodes.get(nodeName);
    return known == null ? null : known.meaning().target();
  }

  private @Nullable IdentityBinding knownBinding(NamespacedName name) {
    var known = bindings.get(name.toString());
    return known == null ? null : known.meaning();
  }

  private void originalChanged(@Nullable Original<?, ?> before, @Nullable Original<?, ?> after) {
    Object old = before == null ? null : before.meaning();
    Object now = after == null ? null : after.meaning();
    if (!Objects.equals(old, now)) {
      changed.run();
    }
  }

  private static <T extends HasMetadata> T trimmed(T object) {
    object.getMetadata().setManagedFields(null);
    return object;
  }
}
