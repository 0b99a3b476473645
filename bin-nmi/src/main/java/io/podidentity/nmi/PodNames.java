package io.podidentity.nmi;

import java.util.regex.Pattern;

/**
 * Which names the API server takes.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/">Object
 *     Names and IDs</a>
 */
final class PodNames {
  private static final int MAX_LABEL = 63;
  private static final int MAX_SUBDOMAIN = 253;
  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
  private static final Pattern NAMESPACE = Pattern.compile(LABEL);
  private static final Pattern POD = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

  private PodNames() {}

  /** Whether a namespace can have that name: a DNS label. */
  static boolean isNamespace(String name) {
    return name.length() <= MAX_LABEL && NAMESPACE.matcher(name).matches();
  }

  /** Whether a pod can have that name: a DNS subdomain. */
  static boolean isPod(String name) {
    return name.length() <= MAX_SUBDOMAIN && POD.matcher(name).matches();
  }
}
