package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class PolicyRulesContractTest extends LockdownNode {
  @Override
  protected PolicyRules rules() {
    return new PolicyRules(METADATA, programs());
  }

  @Override
  protected void damage() {
    node.ip("rule del pref 2");
  }
}
