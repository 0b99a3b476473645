package io.podidentity.iptables;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;

@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class IptablesRedirectContractTest extends RedirectNode {
  @Override
  protected IptablesRedirect rules() {
    return BACKEND.redirect(node);
  }
}
