package io.podidentity.iptables;

/** A node with the redirect in iptables-nft. */
abstract class RedirectNode extends RulesNode {
  static final Backend BACKEND = Backend.NFT;

  RedirectNode() {
    // The table stays when its last rule goes.
    BACKEND.run(node, "-t nat -P PREROUTING ACCEPT");
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
