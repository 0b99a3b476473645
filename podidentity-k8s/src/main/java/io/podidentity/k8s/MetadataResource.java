package io.podidentity.k8s;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import org.jspecify.annotations.Nullable;

/** An object of which the metadata is read alone; see {@link PodResource} for why it is ours. */
@JsonIgnoreProperties(ignoreUnknown = true)
abstract class MetadataResource
    extends CustomResource<MetadataResource.Unread, MetadataResource.Unread> implements Namespaced {
  private static final long serialVersionUID = 1L;

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Unread() {}

  @Override
  protected @Nullable Unread initSpec() {
    return null;
  }

  @Override
  protected @Nullable Unread initStatus() {
    return null;
  }
}
