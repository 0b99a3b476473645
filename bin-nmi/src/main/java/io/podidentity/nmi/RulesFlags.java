package io.podidentity.nmi;

import io.podidentity.bin.Flag;

/** Flags that v1 does not have, for the rules on the node. See {@link RulesOptions}. */
final class RulesFlags {
  @Flag(names = "--print", hidden = true, description = "For the command rules, which asks for it.")
  boolean print;

  @Flag(
      names = "--check",
      hidden = true,
      description = "For the command rules: tries, and writes nothing.")
  boolean check;

  @Flag(
      names = "--pod",
      hidden = true,
      description = "For the commands doctor and rules --check: NAMESPACE/NAME, or a file.")
  String pod = "";

  @Flag(
      names = "--redirect",
      description =
          "iptables, or none: then no rules are written, and something else must send pods' requests"
              + " here.")
  String redirect = "iptables";

  @Flag(
      names = "--lockdown",
      description =
          "Whether pods are kept from the metadata service also while there is no redirect, and stay so"
              + " when NMI ends. Default: true.")
  boolean lockdown = true;

  @Flag(
      names = "--redirect-target",
      description =
          "Link-local address, such as 169.254.25.79, that NMI puts on lo, listens on besides, and"
              + " redirects to; for nodes where route_localnet is off. Empty: 127.0.0.1.")
  String target = "";

  @Flag(
      names = "--on-exit",
      description =
          "keep or remove the rules when NMI ends; auto removes them if NMI saw its DaemonSet deleted.")
  String onExit = "auto";

  @Flag(
      names = "--source-pinning",
      description =
          "auto: a pod's address is taken from its own interface alone, where that can be told;"
              + " enforce: and nothing where it cannot; off: the address alone counts.")
  String pinning = "auto";

  @Flag(
      names = "--iptables-backend",
      description = "nft or legacy; auto is the one that the kubelet and kube-proxy use.")
  String backend = "auto";
}
