package io.podidentity.iptables;

import io.podidentity.harness.net.NetworkNamespace;
import java.util.List;
import java.util.stream.Collectors;

/** The ways in which the lockdown's second layer is written, and what a test asks them. */
enum ForwardLayer {
  NFT(Backend.NFT, true),
  IPTABLES_NFT(Backend.NFT, false),
  IPTABLES_LEGACY(Backend.LEGACY, false);

  private static final String WITHOUT_NFT = "[ \"$0\" != nft ] || exit 127; exec \"$0\" \"$@\"";

  private final Backend backend;
  private final boolean nft;

  ForwardLayer(Backend backend, boolean nft) {
    this.backend = backend;
    this.nft = nft;
  }

  RuleSet lockdown(NetworkNamespace node) {
    return lockdown(node, "169.254.169.254");
  }

  RuleSet lockdown(NetworkNamespace node, String address) {
    NodePrograms programs =
        nft
            ? Backend.programs(node)
            : NodePrograms.HERE.withPrefix(
                List.of("ip", "netns", "exec", node.name(), "sh", "-c", WITHOUT_NFT));
    return Lockdown.of(address, programs, BackendChoice.of(backend.kind(), programs));
  }

  /** Makes the tables that stay when they are empty, so that a comparison can be exact. */
  void touch(NetworkNamespace node) {
    if (!nft) {
      backend.run(node, "-t filter -P FORWARD ACCEPT");
    }
  }

  /** All rules in the namespace, without counters, comments and tabs. */
  String everything(NetworkNamespace node) {
    String legacy = backend == Backend.LEGACY ? node.exec("iptables-legacy-save") : "";
    return (node.exec("ip", "-4", "rule") + node.exec("nft", "list", "ruleset") + legacy)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replace('\t', ' ').replaceAll("\\[\\d+:\\d+]", ""))
        .map(line -> line.replaceAll("counter packets \\d+ bytes \\d+ ?", ""))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
