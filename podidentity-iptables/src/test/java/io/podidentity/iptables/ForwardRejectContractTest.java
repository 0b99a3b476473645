package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class ForwardRejectContractTest extends LockdownNode {
  @Override
  protected ForwardReject rules() {
    return new ForwardReject(
        METADATA, programs(), BackendChoice.of(Backend.NFT.kind(), programs()));
  }

  @Override
  protected void damage() {
    node.exec("nft", "flush", "table", "ip", ForwardReject.NAME);
  }
}
