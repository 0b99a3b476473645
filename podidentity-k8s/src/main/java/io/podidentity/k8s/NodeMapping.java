package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Node;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes as MIC needs them: what machine is under each, and whether that can be said yet.
 *
 * @param targets gives a node's virtual machine or scale set from its name and its {@code
 *     spec.providerID}, which may be empty; null if it cannot tell
 */
record NodeMapping(BiFunction<String, String, @Nullable ComputeTarget> targets) {
  /**
   * The taint of a node that waits for the cloud's controller.
   *
   * @see <a href="https://kubernetes.io/docs/reference/labels-annotations-taints/">Well-known
   *     taints</a>
   */
  private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

  /** A node, and what its target is found by. */
  record KnownNode(String providerId, Node meaning) {}

  KnownNode node(io.fabric8.kubernetes.api.model.Node node) {
    NodeSpec spec = node.getSpec();
    String providerId = Metadata.orEmpty(spec == null ? null : spec.getProviderID());
    String name = node.getMetadata().getName().intern();
    return isInitialized(node)
        ? node(name, providerId)
        : new KnownNode(providerId, new Node(name, null, false));
  }

  /** The same node with the target that it has now. */
  KnownNode anew(KnownNode known) {
    return known.meaning.initialized() ? node(known.meaning.name(), known.providerId) : known;
  }

  private KnownNode node(String name, String providerId) {
    return new KnownNode(providerId, new Node(name, targets.apply(name, providerId)));
  }

  /** Before it is the kubelet has registered it, and the cloud's controller not seen it. */
  static boolean isInitialized(io.fabric8.kubernetes.api.model.Node node) {
    NodeSpec spec = node.getSpec();
    return spec == null
        || isInitialized(spec.getProviderID(), spec.getTaints().stream().map(Taint::getKey));
  }

  /** The same, by what a node's specification has. */
  static boolean isInitialized(@Nullable String providerId, Stream<@Nullable String> taints) {
    return !Metadata.orEmpty(providerId).isEmpty() || taints.noneMatch(UNINITIALIZED::equals);
  }
}
