package io.podidentity.k8s;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node, as far as an explanation reads it; see {@link PodResource} for why it is ours. The status
 * of a node names all images that are on it, and is most of the object.
 */
@Group("")
@Version("v1")
@Kind("Node")
@Plural("nodes")
@JsonIgnoreProperties(ignoreUnknown = true)
final class NodeResource extends CustomResource<NodeResource.Spec, NodeResource.Unread> {
  private static final long serialVersionUID = 1L;

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Spec(@Nullable String providerID, @Nullable List<Taint> taints) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Taint(@Nullable String key) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Unread() {}

  @Override
  protected @Nullable Spec initSpec() {
    return null;
  }

  @Override
  protected @Nullable Unread initStatus() {
    return null;
  }
}
