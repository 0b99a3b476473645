package io.podidentity.iptables;

/** A node with the lockdown, or a part of it, as nft and policy routing hold it. */
abstract class LockdownNode extends RulesNode {
  static final String METADATA = "169.254.169.254";

  final NodePrograms programs() {
    return Backend.programs(node);
  }

  @Override
  protected String everything() {
    return ForwardLayer.NFT.everything(node);
  }

  @Override
  protected void writeAnothers() {
    node.ip("rule add pref 100 from all to 198.51.100.1 prohibit");
    node.exec("nft", "add", "table", "ip", "another");
  }
}
