package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.LivePods;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pod, and whether NMI can know it by its address. */
final class PodSteps {
  private PodSteps() {}

  /** The pod of that name. */
  static Optional<Pod> find(Situation situation) {
    return situation.cluster().pods().stream()
        .filter(pod -> pod.name().equals(situation.request().pod()))
        .findAny();
  }

  /** The address by which NMI knows it; null if there is none. */
  static @Nullable InetAddress address(Pod pod) {
    return pod.addresses().stream()
        .filter(Inet4Address.class::isInstance)
        .min(Comparator.comparing(InetAddress::getHostAddress))
        .orElse(null);
  }

  /** There is no such pod. */
  static Step missing(Situation situation) {
    NamespacedName sought = situation.request().pod();
    List<NamespacedName> others =
        situation.cluster().pods().stream()
            .map(Pod::name)
            .filter(name -> isLike(name, sought))
            .sorted()
            .toList();
    String hint = others.isEmpty() ? "" : "; there is " + Nearly.few(others);
    return Step.of(
        Part.POD,
        Verdict.WRONG,
        ErrorReason.POD_NOT_FOUND,
        "there is no pod " + sought + hint,
        "kubectl get pods -n " + sought.namespace());
  }

  /** The same name elsewhere, or one that begins with it, as those of a Deployment do. */
  private static boolean isLike(NamespacedName name, NamespacedName sought) {
    return name.namespace().equals(sought.namespace())
        ? name.name().startsWith(sought.name() + "-")
            || Nearly.differByTypo(name.name(), sought.name())
        : name.name().equals(sought.name());
  }

  /** What keeps NMI from knowing the pod; null if nothing does. */
  static @Nullable Step problem(Pod pod, Picture picture) {
    String get = "kubectl get pod %s -n %s -o wide".formatted(pod.name().name(), ns(pod));
    if (pod.phase().isTerminal()) {
      return wrong(
          Finding.POD_ENDED,
          "pod %s has ended: %s".formatted(pod.name(), pod.phase().name().toLowerCase(Locale.ROOT)),
          get);
    }
    if (pod.nodeName() == null) {
      return wrong(
          Finding.POD_NOT_SCHEDULED,
          "pod %s has no node yet".formatted(pod.name()),
          "kubectl describe pod %s -n %s".formatted(pod.name().name(), ns(pod)));
    }
    if (pod.hostNetwork()) {
      return wrong(
          Finding.POD_ON_HOST_NETWORK,
          ("pod %s is on its node's network: NMI does not see it, and it asks the metadata service"
                  + " itself, for any identity of the node; give it a network of its own")
              .formatted(pod.name()),
          get);
    }
    if (pod.addresses().isEmpty()) {
      return wrong(
          Finding.POD_WITHOUT_ADDRESS,
          "pod %s has no address yet, so NMI cannot know it by one".formatted(pod.name()),
          "kubectl describe pod %s -n %s".formatted(pod.name().name(), ns(pod)));
    }
    InetAddress address = address(pod);
    return address == null
        ? wrong(
            Finding.POD_WITHOUT_IPV4,
            "pod %s has IPv6 addresses alone; NMI knows pods by their IPv4 address"
                .formatted(pod.name()),
            get)
        : notOwner(pod, address, picture);
  }

  private static @Nullable Step notOwner(Pod pod, InetAddress address, Picture picture) {
    String next =
        "kubectl get pods -A -o wide --field-selector status.podIP=" + address.getHostAddress();
    try {
      Pod owner = LivePods.owner(address, picture.byAddress(address));
      return owner.name().equals(pod.name())
          ? null
          : wrong(
              Finding.POD_ADDRESS_TAKEN,
              "the address %s of pod %s is that of pod %s now"
                  .formatted(address.getHostAddress(), pod.name(), owner.name()),
              next);
    } catch (PodIdentityException e) {
      return Step.of(Part.POD, Verdict.WRONG, e.reason(), String.valueOf(e.getMessage()), next);
    }
  }

  /** The pod is one that NMI knows. */
  static Step known(Pod pod, InetAddress address) {
    return Step.ok(
        Part.POD,
        "pod %s is %s at %s on node %s%s"
            .formatted(
                pod.name(),
                pod.phase().name().toLowerCase(Locale.ROOT),
                address.getHostAddress(),
                pod.nodeName(),
                pod.terminating() ? ", and is being deleted" : ""));
  }

  private static String ns(Pod pod) {
    return pod.name().namespace();
  }

  private static Step wrong(Finding finding, String text, String next) {
    return Step.of(Part.POD, Verdict.WRONG, finding, text, next);
  }
}
