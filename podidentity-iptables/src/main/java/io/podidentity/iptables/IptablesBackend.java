package io.podidentity.iptables;

/**
 * The two ways in which iptables keeps its rules in the kernel. A rule of one is not seen by the
 * other; packets see both.
 */
public enum IptablesBackend {
  /** On nftables. */
  NFT("iptables-nft"),
  /** The older one. */
  LEGACY("iptables-legacy");

  private final String family;

  IptablesBackend(String family) {
    this.family = family;
  }

  /** What its commands' names begin with. */
  public String family() {
    return family;
  }
}
