package io.podidentity.iptables;

import java.util.List;

/**
 * Keeps pods from the metadata service whether or not there is a redirect: no connection that was
 * opened before the redirect, no moment without it, and no flush of either all netfilter rules or
 * all of iptables' lets a packet through. It is two layers, policy routing and a reject in the
 * forward hook, and, for frames that are bridged and not routed, a drop in the bridges' forward
 * hook. Node processes and pods on the node's network are not touched.
 *
 * <p>The script {@code nmi-lockdown} of the distribution writes the same rules without a JVM. A
 * test holds them equal. Needs root or NET_ADMIN, iproute2, and nftables or iptables.
 */
public final class Lockdown {
  private Lockdown() {}

  /**
   * The rules of the lockdown.
   *
   * @param metadataAddress the metadata service's IPv4 address in dotted form
   */
  public static RuleSet of(String metadataAddress, NodePrograms programs, BackendChoice backend) {
    RedirectRules.checkAddress(metadataAddress, "metadataAddress");
    return new NodeRuleSets(
        List.of(
            new PolicyRules(metadataAddress, programs),
            new ForwardReject(metadataAddress, programs, backend),
            new BridgedDrop(metadataAddress, programs)));
  }
}
