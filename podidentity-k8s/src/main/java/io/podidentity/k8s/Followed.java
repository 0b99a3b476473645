package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.dsl.Listable;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror follows, and how to list the same.
 *
 * @param page how many objects a piece of a list has at most
 */
record Followed(
    Mirror<?, ?> mirror,
    Listable<? extends KubernetesResourceList<? extends HasMetadata>> objects,
    long page) {
  /**
   * The highest version of any of the objects that there are now, by a list that no cache of the
   * API server answers. Once the mirror has come so far it lacks none of them.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the list fails
   */
  String latest() {
    String latest = "0";
    String next = null;
    do {
      KubernetesResourceList<? extends HasMetadata> piece =
          objects.list(new ListOptionsBuilder().withLimit(page).withContinue(next).build());
      for (HasMetadata object : piece.getItems()) {
        String version = Metadata.of(object).resourceVersion();
        latest = Versions.includes(latest, version) ? latest : version;
      }
      next = continuation(piece);
    } while (next != null);
    return latest;
  }

  private static @Nullable String continuation(KubernetesResourceList<?> piece) {
    String next = piece.getMetadata() == null ? null : piece.getMetadata().getContinue();
    return Metadata.orEmpty(next).isEmpty() ? null : next;
  }
}
