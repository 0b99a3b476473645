package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class IptablesRedirectContractTest extends RulesNode {
  private static final Backend BACKEND = Backend.NFT;

  IptablesRedirectContractTest() {
    // The table stays when its last rule goes.
    BACKEND.run(node, "-t nat -P PREROUTING ACCEPT");
  }

  @Override
  protected IptablesRedirect rules() {
    return BACKEND.redirect(node);
  }

  @Override
  protected String everything() {
    return String.join("\n", BACKEND.list(node));
  }

  @Override
  protected void damage() {
    BACKEND.iptables(node, "-F PREROUTING");
  }

  @Override
  protected void writeAnothers() {
    BACKEND.iptables(node, "-A PREROUTING -d 198.51.100.1/32 -p udp -j ACCEPT");
  }
}
