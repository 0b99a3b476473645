package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

@RequiresRealPart(RealPart.NETWORK_NAMESPACES)
final class LoopbackAddressContractTest extends RulesNode {
  @Override
  protected LoopbackAddress rules() {
    return new LoopbackAddress("169.254.25.79", Backend.programs(node));
  }

  @Override
  protected String everything() {
    return node.exec("ip", "-4", "-o", "address");
  }

  @Override
  protected void damage() {
    node.ip("address del 169.254.25.79/32 dev lo");
  }

  @Override
  protected void writeAnothers() {
    node.ip("address add 169.254.25.1/32 dev lo");
  }
}
