package io.podidentity.k8s;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A DaemonSet's metadata; see {@link PodResource} for why it is not fabric8's type. */
@Group("apps")
@Version("v1")
@Kind("DaemonSet")
@Plural("daemonsets")
@JsonIgnoreProperties(ignoreUnknown = true)
final class DaemonSetResource
    extends CustomResource<DaemonSetResource.Unread, DaemonSetResource.Unread>
    implements Namespaced {
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
