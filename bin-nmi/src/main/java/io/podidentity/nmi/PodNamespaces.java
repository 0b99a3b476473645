package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.LivePods;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.token.Caller;

/**
 * The namespaces of pods that were refused a token, for the metrics: empty where no pod is known. A
 * name that a client gives counts only if there is such a pod.
 */
record PodNamespaces(PodDirectory pods) {

  /** Of the pod that asks, or in whose name it is asked. */
  String of(Caller caller) {
    try {
      return pod(caller).name().namespace();
    } catch (PodIdentityException e) {
      return "";
    }
  }

  private Pod pod(Caller caller) {
    return caller instanceof Caller.ByAddress from
        ? LivePods.owner(from.address(), pods.byAddress(from.address()))
        : named(((Caller.OnBehalfOf) caller).pod());
  }

  private Pod named(NamespacedName name) {
    return LivePods.named(name, pods.byName(name));
  }
}
