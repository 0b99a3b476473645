package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

/** It does something after the redirect, and changes nothing of it. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CONNTRACK})
final class ConntrackDeletionContractTest extends RedirectNode {
  @Override
  protected ConntrackDeletion rules() {
    return new ConntrackDeletion(
        BACKEND.redirect(node), ConntrackDeletionTest.RULES, Backend.programs(node));
  }
}
