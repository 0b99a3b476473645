package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.iptables.BackendChoice;
import io.podidentity.iptables.IptablesBackend;
import io.podidentity.iptables.IptablesRedirect;
import io.podidentity.iptables.Lockdown;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.RedirectRules;
import io.podidentity.iptables.SourcePins;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that show and remove the rules, as processes in a namespace. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
class RulesCommandTest {
  private static final String REDIRECT =
      """
      # iptables-%s-restore --noflush -w 10
      *nat
      :aad-metadata - [0:0]
      -A aad-metadata ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT \
      --to-destination 127.0.0.1:%d
      -A aad-metadata -j RETURN
      -I PREROUTING 1 -j aad-metadata
      COMMIT
      """;

  /** Its own test has the tables to the letter. */
  private static final String PINS =
      """

      # nft -i, which NMI keeps running: the tables end with it
      # each process has other digits for X; the sets are filled from the pods of the node
      add table ip podidentity-pins-XXXXXXXX { flags owner;
      """;

  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("command");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @Test
  void printShowsAllThatWouldBeWrittenAndWritesNothing() {
    String before = everything();
    assertThat(nmi("rules", "--print").stdout())
        .startsWith(lockdown() + "\n" + REDIRECT.formatted("nft", 2579) + PINS)
        .endsWith(SourcePins.text("169.254.169.254", 2579));
    assertThat(
            nmi(
                    "rules",
                    "--print",
                    "--lockdown=false",
                    "--iptables-backend=legacy",
                    "--nmi-port=3",
                    "--source-pinning=off")
                .stdout())
        .isEqualTo(REDIRECT.formatted("legacy", 3));
    assertThat(
            nmi(
                    "rules",
                    "--print",
                    "--redirect-target=169.254.25.79",
                    "--enable-conntrack-deletion",
                    "--source-pinning=off")
                .stdout())
        .isEqualTo(
            lockdown()
                + """

                # ip -4 -batch -
                address add 169.254.25.79/32 dev lo scope host label lo:podidentity

                """
                + REDIRECT.formatted("nft", 2579).replace("127.0.0.1", "169.254.25.79")
                + "# conntrack -D -p tcp -d 169.254.169.254 --dport 80\n");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void uninstallRemovesWhatIsOursInBothBackEndsTwice() {
    node.exec("iptables-nft", "-t", "nat", "-A", "PREROUTING", "-p", "udp", "-j", "ACCEPT");
    node.exec("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-p", "udp", "-j", "ACCEPT");
    node.ip("rule add pref 1 to 10.0.0.9 prohibit");
    String before = everything();
    NodePrograms programs = programs();
    for (IptablesBackend backend : IptablesBackend.values()) {
      BackendChoice choice = BackendChoice.of(backend, programs);
      new IptablesRedirect(RedirectRules.DEFAULT, choice).ensure();
      Lockdown.of("10.1.1.1", programs, choice).ensure();
    }
    assertThat(everything()).contains("aad-metadata", "podidentity-lockdown", "10.1.1.1");

    nmi("uninstall");
    assertThat(everything()).isEqualTo(before);
    CommandResult again = nmi("uninstall", "--log-format=json");
    assertThat(everything()).isEqualTo(before);
    assertThat(again.stderr()).startsWith("{").contains("rules are removed");
  }

  /** LockdownTest has it in full. */
  private String lockdown() {
    return Lockdown.of("169.254.169.254", programs(), BackendChoice.auto(programs())).text();
  }

  private NodePrograms programs() {
    return NodePrograms.HERE.withPrefix(List.of("ip", "netns", "exec", node.name()));
  }

  private String everything() {
    return (node.exec("ip", "-4", "rule")
            + node.exec("nft", "list", "ruleset")
            + node.exec("iptables-legacy-save"))
        .replaceAll("(?m)^#.*\n", "");
  }

  private CommandResult nmi(String... arguments) {
    Command command = JavaProgram.of(NmiMain.class, arguments).withTimeout(Duration.ofMinutes(2));
    CommandResult result = node.inside(command).run();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result;
  }
}
