package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.LivePods;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import java.net.InetAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of pods that were refused a token, for the metrics: empty where no pod is known. A
 * name that a client gives counts only if there is such a pod.
 */
record PodNamespaces(PodDirectory pods) {

  /** Of the pod with that address. */
  String at(@Nullable InetAddress address) {
    return address == null ? "" : of(() -> LivePods.owner(address, pods.byAddress(address)));
  }

  /** Of the pod of that name. */
  String named(NamespacedName name) {
    return of(() -> LivePods.named(name, pods.byName(name)));
  }

  private static String of(Supplier<Pod> look) {
    try {
      return look.get().name().namespace();
    } catch (PodIdentityException e) {
      return "";
    }
  }
}
