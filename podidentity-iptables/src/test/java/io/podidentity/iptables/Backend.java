package io.podidentity.iptables;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The two back-ends of iptables, and what a test asks them in a namespace. */
enum Backend {
  NFT(RealPart.IPTABLES_NFT, "iptables-nft"),
  LEGACY(RealPart.IPTABLES_LEGACY, "iptables-legacy");

  private final RealPart part;
  private final String family;

  Backend(RealPart part, String family) {
    this.part = part;
    this.family = family;
  }

  /** As the code under test knows it. */
  IptablesBackend kind() {
    return IptablesBackend.valueOf(name());
  }

  Backend other() {
    return this == NFT ? LEGACY : NFT;
  }

  /** The node's programs in that namespace. */
  static NodePrograms programs(NetworkNamespace namespace) {
    return NodePrograms.HERE.withPrefix(List.of("ip", "netns", "exec", namespace.name()));
  }

  /** Goes on only if it works here; see {@link RealPart#require()}. */
  void require() {
    part.require();
  }

  /** Its commands inside that namespace. */
  IptablesCommands commands(NetworkNamespace namespace) {
    return bare().withPrefix(List.of("ip", "netns", "exec", namespace.name()));
  }

  /** Its commands where the test runs; to be put behind a prefix. */
  IptablesCommands bare() {
    return IptablesCommands.of(family);
  }

  /** v1's redirect in that namespace. */
  IptablesRedirect redirect(NetworkNamespace namespace) {
    return new IptablesRedirect(RedirectRules.DEFAULT, commands(namespace));
  }

  /** Runs {@code iptables -t nat} with these arguments, separated by blanks. */
  void iptables(NetworkNamespace namespace, String arguments) {
    run(namespace, "-t nat " + arguments);
  }

  /** Runs {@code iptables} with these arguments, separated by blanks. */
  void run(NetworkNamespace namespace, String arguments) {
    List<String> words = new ArrayList<>(List.of(family, "-w"));
    words.addAll(List.of(arguments.split(" ", -1)));
    namespace.exec(words.toArray(String[]::new));
  }

  /** The rules as {@code iptables -t nat -S} prints them. */
  List<String> list(NetworkNamespace namespace) {
    return namespace.exec(family, "-w", "-t", "nat", "-S").lines().toList();
  }

  /** The table with all its counters, without the comments, which carry the time. */
  String save(NetworkNamespace namespace) {
    return namespace
        .exec(family + "-save", "-c", "-t", "nat")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** Replaces the table. */
  void restore(NetworkNamespace namespace, String table) {
    namespace.command(family + "-restore", "-c", "-w", "10").withInput(table).output();
  }
}
