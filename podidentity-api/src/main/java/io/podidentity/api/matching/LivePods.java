package io.podidentity.api.matching;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Tells which pod is asking: the one of those with an address that it is, or the one named. */
public final class LivePods {
  private LivePods() {}

  /**
   * The one pod that owns the address. A pod on the host's network, or one that has ended, never
   * does. While an address changes hands two pods may claim it; then it is the one that is running
   * and not terminating.
   *
   * @throws PodIdentityException with {@code POD_NOT_FOUND} or {@code POD_AMBIGUOUS} if it is not
   *     exactly one
   */
  public static Pod owner(InetAddress address, List<Pod> pods) {
    // Nearly always, and on each request.
    if (pods.size() == 1 && pods.get(0).ownsItsAddress()) {
      return pods.get(0);
    }
    List<Pod> live = pods.stream().filter(Pod::ownsItsAddress).toList();
    if (live.isEmpty()) {
      throw new PodIdentityException(
          ErrorReason.POD_NOT_FOUND,
          // Begins as in AAD Pod Identity v1, and so does the next.
          ("pod list is empty: no live pod that is known here has the address %s; check whether a"
                  + " proxy or SNAT changes the source address")
              .formatted(address.getHostAddress()));
    }
    if (live.size() == 1) {
      return live.get(0);
    }
    List<Pod> settled =
        live.stream().filter(pod -> pod.phase() == PodPhase.RUNNING && !pod.terminating()).toList();
    if (settled.size() != 1) {
      throw new PodIdentityException(
          ErrorReason.POD_AMBIGUOUS,
          "failed to match pod IP %s with %s: all of them have it; wait until one is gone"
              .formatted(address.getHostAddress(), live.stream().map(Pod::name).toList()));
    }
    return settled.get(0);
  }

  /**
   * The pod of that name. One on its host's network counts: it is not its address that tells it.
   *
   * @throws PodIdentityException with {@code POD_NOT_FOUND} if there is none, or it has ended
   */
  public static Pod named(NamespacedName name, Optional<Pod> pod) {
    return pod.filter(found -> !found.phase().isTerminal())
        .orElseThrow(
            () ->
                new PodIdentityException(
                    ErrorReason.POD_NOT_FOUND,
                    "no live pod %s is known here; check its name and namespace".formatted(name)));
  }
}
