package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.util.List;

/**
 * The packet rules of a node as v1.8.17's pkg/nmi/iptables writes and removes them, and {@code
 * iptables -S} prints them.
 */
final class V1Rules {

  private static final List<String> CHAIN =
      List.of(
          "-N aad-metadata",
          "-A aad-metadata ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80"
              + " -j DNAT --to-destination 127.0.0.1:2579",
          "-A aad-metadata -j RETURN");

  private static final String REMOVAL =
      """
      *nat
      -D PREROUTING -j aad-metadata
      -F aad-metadata
      -X aad-metadata
      COMMIT
      """;

  private V1Rules() {}

  /** What v1 does at its start on a node without them. */
  static void write(NetworkNamespace node) {
    CHAIN.forEach(rule -> nat(node, rule));
    nat(node, "-I PREROUTING 1 -j aad-metadata");
  }

  /** What v1 does when it is told to end; in one step, because somebody may repair it meanwhile. */
  static void remove(NetworkNamespace node) {
    node.inside(Command.of("iptables-restore", "-w", "--noflush").withInput(REMOVAL)).output();
  }

  /** What v1 looks for each minute; it writes nothing if it finds that. */
  static void assertThere(NetworkNamespace node) {
    assertThat(nat(node, "-S aad-metadata").lines()).containsExactlyElementsOf(CHAIN);
    assertThat(nat(node, "-S PREROUTING 1")).isEqualTo("-A PREROUTING -j aad-metadata\n");
    assertThat(nat(node, "-S").lines()).containsOnlyOnce("-A PREROUTING -j aad-metadata");
  }

  /** The table that they are in. */
  static String nat(NetworkNamespace node, String words) {
    return node.exec(("iptables -w -t nat " + words).split(" "));
  }
}
