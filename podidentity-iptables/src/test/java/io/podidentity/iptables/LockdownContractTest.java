package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

/** {@link NodeRuleSets}, {@link PolicyRules}, {@link ForwardReject} and {@link BridgedDrop}. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class LockdownContractTest extends RulesNode {
  @Override
  protected NodeRuleSets rules() {
    return (NodeRuleSets) ForwardLayer.NFT.lockdown(node);
  }

  @Override
  protected String everything() {
    return ForwardLayer.NFT.everything(node);
  }

  @Override
  protected void damage() {
    node.ip("rule del pref 2");
    // The last one of its kind in nft's list: what is written anew stands at the end.
    node.exec("nft", "flush", "table", "bridge", ForwardReject.NAME);
  }

  @Override
  protected void writeAnothers() {
    node.ip("rule add pref 100 from all to 198.51.100.1 prohibit");
    node.exec("nft", "add", "table", "ip", "another");
  }
}
