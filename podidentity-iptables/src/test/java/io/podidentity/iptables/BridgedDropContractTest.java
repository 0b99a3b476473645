package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class BridgedDropContractTest extends LockdownNode {
  @Override
  protected BridgedDrop rules() {
    return new BridgedDrop(METADATA, programs());
  }

  @Override
  protected void damage() {
    node.exec("nft", "flush", "table", "bridge", ForwardReject.NAME);
  }
}
