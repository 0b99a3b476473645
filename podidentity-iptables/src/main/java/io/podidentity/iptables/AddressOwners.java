package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.LivePods;
import io.podidentity.api.model.Pod;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which pod each IPv4 address of a node's pods belongs to, as NMI sees it. */
final class AddressOwners {
  private AddressOwners() {}

  /**
   * The pods by their addresses in dotted form; empty for an address that more than one pod claims.
   * Pods without an address of their own, or that have ended, are left out.
   */
  static Map<String, Optional<Pod>> of(List<Pod> pods) {
    Map<InetAddress, List<Pod>> claims = new HashMap<>();
    for (Pod pod : pods) {
      pod.addresses().stream()
          .filter(Inet4Address.class::isInstance)
          .forEach(
              address -> claims.computeIfAbsent(address, unused -> new ArrayList<>()).add(pod));
    }
    Map<String, Optional<Pod>> owners = new TreeMap<>();
    claims.forEach(
        (address, claimants) -> {
          try {
            owners.put(address.getHostAddress(), Optional.of(LivePods.owner(address, claimants)));
          } catch (PodIdentityException e) {
            if (e.reason() == ErrorReason.POD_AMBIGUOUS) {
              owners.put(address.getHostAddress(), Optional.empty());
            }
          }
        });
    return owners;
  }
}
