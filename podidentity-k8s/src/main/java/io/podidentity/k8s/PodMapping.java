package io.podidentity.k8s;

import io.podidentity.api.matching.IpAddresses;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.api.model.PodPhase;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pods as NMI and as MIC need them. */
final class PodMapping {
  private PodMapping() {}

  /** With all that tells who asks for a token; null for an object without a UID. */
  static @Nullable Pod whole(PodResource pod) {
    PodResource.Spec spec = pod.getSpec();
    return map(
        pod,
        withoutNulls(Metadata.of(pod).labels()),
        addresses(pod.getStatus()),
        spec == null ? "" : Metadata.orEmpty(spec.serviceAccountName()),
        Metadata.of(pod).controller());
  }

  /**
   * With what a plan depends on: the binding label, and no address. So neither an address nor
   * another label is kept for each pod of the cluster, and their changes are none.
   */
  static @Nullable Pod forPlanning(PodResource pod) {
    String label = Metadata.of(pod).labels().get(IdentityBinding.POD_LABEL);
    return map(
        pod,
        label == null ? Map.of() : Map.of(IdentityBinding.POD_LABEL, label.intern()),
        Set.of(),
        "",
        null);
  }

  private static @Nullable Pod map(
      PodResource pod,
      Map<String, String> labels,
      Set<InetAddress> addresses,
      String serviceAccount,
      @Nullable PodController controller) {
    Metadata meta = Metadata.of(pod);
    if (meta.uid().isEmpty()) {
      return null;
    }
    PodResource.Spec spec = pod.getSpec();
    // Thousands of pods have the same few.
    String node = spec == null ? "" : Metadata.orEmpty(spec.nodeName()).intern();
    NamespacedName name = meta.name();
    return new Pod(
        new NamespacedName(name.namespace().intern(), name.name()),
        meta.uid(),
        node.isEmpty() ? null : node,
        labels,
        addresses,
        phase(pod.getStatus()),
        spec != null && Boolean.TRUE.equals(spec.hostNetwork()),
        meta.isTerminating(),
        serviceAccount,
        controller);
  }

  private static PodPhase phase(PodResource.@Nullable Status status) {
    String phase = status == null ? "" : Metadata.orEmpty(status.phase());
    if (phase.isEmpty()) {
      return PodPhase.PENDING;
    }
    try {
      return PodPhase.valueOf(phase.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return PodPhase.UNKNOWN;
    }
  }

  private static Set<InetAddress> addresses(PodResource.@Nullable Status status) {
    Set<InetAddress> addresses = new HashSet<>();
    if (status != null) {
      add(addresses, status.podIP());
      List<PodResource.Address> all = status.podIPs() == null ? List.of() : status.podIPs();
      all.forEach(ip -> add(addresses, ip.ip()));
    }
    return addresses;
  }

  private static void add(Set<InetAddress> addresses, @Nullable String text) {
    InetAddress address = text == null ? null : IpAddresses.parse(text);
    // From what is none, nothing can ask.
    if (address != null) {
      addresses.add(address);
    }
  }

  private static Map<String, String> withoutNulls(Map<String, String> labels) {
    Map<String, String> all = new HashMap<>(labels);
    all.values().removeIf(value -> value == null);
    return all;
  }
}
