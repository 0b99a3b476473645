package io.podidentity.k8s;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod, as far as it is read here. fabric8's own type has every field of the API: to be able to
 * read those Jackson loads and looks through hundreds of classes, a fifth of the CPU time of a node
 * agent's start and 10 MiB of its memory, and then makes objects of the whole of each pod.
 */
@Group("")
@Version("v1")
@Kind("Pod")
@Plural("pods")
@JsonIgnoreProperties(ignoreUnknown = true)
final class PodResource extends CustomResource<PodResource.Spec, PodResource.Status>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Spec(
      @Nullable String nodeName,
      @Nullable Boolean hostNetwork,
      @Nullable String serviceAccountName) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Status(@Nullable String phase, @Nullable String podIP, @Nullable List<Address> podIPs) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Address(@Nullable String ip) {}

  @Override
  protected @Nullable Spec initSpec() {
    return null;
  }

  @Override
  protected @Nullable Status initStatus() {
    return null;
  }
}
