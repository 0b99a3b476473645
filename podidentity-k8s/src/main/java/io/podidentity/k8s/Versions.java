package io.podidentity.k8s;

import org.jspecify.annotations.Nullable;

/**
 * Compares resource versions of one kind of resource. They are numbers that only grow; Kubernetes
 * promises so.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions">
 *     Resource versions</a>
 */
final class Versions {
  private Versions() {}

  /**
   * Whether what was seen up to one version includes the other. If one of them is no number after
   * all, it does: then what the watch says counts.
   */
  static boolean includes(@Nullable String seen, String version) {
    if (seen == null) {
      return false;
    }
    try {
      return Long.parseUnsignedLong(seen) - Long.parseUnsignedLong(version) >= 0;
    } catch (NumberFormatException e) {
      return true;
    }
  }
}
