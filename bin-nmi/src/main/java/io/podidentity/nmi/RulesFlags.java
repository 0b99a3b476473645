package io.podidentity.nmi;

import picocli.CommandLine.Option;

/** Flags that v1 does not have, for the rules on the node. See {@link RulesOptions}. */
final class RulesFlags {
  @Option(
      names = "--redirect",
      description =
          "iptables, or none: then no rules are written, and something else must send pods' requests"
              + " here.")
  String redirect = "iptables";

  @Option(
      names = "--iptables-backend",
      description = "nft or legacy; auto is the one that the kubelet and kube-proxy use.")
  String backend = "auto";
}
