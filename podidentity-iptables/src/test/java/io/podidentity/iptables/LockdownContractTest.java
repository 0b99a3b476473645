package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

/** All parts at once. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class LockdownContractTest extends LockdownNode {
  @Override
  protected NodeRuleSets rules() {
    return (NodeRuleSets) ForwardLayer.NFT.lockdown(node);
  }

  @Override
  protected void damage() {
    node.ip("rule del pref 2");
    // The last one of its kind in nft's list: what is written anew stands at the end.
    node.exec("nft", "flush", "table", "bridge", ForwardReject.NAME);
  }
}
