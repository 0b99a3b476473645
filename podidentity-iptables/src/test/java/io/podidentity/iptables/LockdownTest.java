package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The lockdown's rules in the kernel: written, repaired, removed. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
final class LockdownTest {

  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("lockdown");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @Test
  void textIsWhatTheDocumentsShow() {
    assertThat(ForwardLayer.NFT.lockdown(node).text())
        .isEqualTo(
            """
            # ip -4 -batch -
            rule add pref 1 from all to 169.254.169.254 iif lo goto 3 proto 169
            rule add pref 3 from all to 169.254.169.254 nop proto 169
            rule add pref 2 from all to 169.254.169.254 prohibit proto 169

            # nft -f -
            add table ip podidentity-lockdown
            delete table ip podidentity-lockdown
            table ip podidentity-lockdown {
            \tchain forward {
            \t\ttype filter hook forward priority -10; policy accept;
            \t\tip daddr 169.254.169.254 ip protocol tcp reject with tcp reset
            \t\tip daddr 169.254.169.254 reject with icmp type admin-prohibited
            \t}
            }

            # nft -f -
            add table bridge podidentity-lockdown
            delete table bridge podidentity-lockdown
            table bridge podidentity-lockdown {
            \tchain forward {
            \t\ttype filter hook forward priority 10; policy accept;
            \t\tmeta protocol ip ip daddr 169.254.169.254 drop
            \t\tmeta protocol { 8021q, 8021ad } goto tagged
            \t}
            \tchain tagged {
            \t\t@nh,16,16 0x0800 @nh,160,32 0xa9fea9fe drop
            \t\t@nh,48,16 0x0800 @nh,192,32 0xa9fea9fe drop
            \t\t@nh,80,16 0x0800 @nh,224,32 0xa9fea9fe drop
            \t\t@nh,16,16 { 0x8100, 0x88a8 } @nh,48,16 { 0x8100, 0x88a8 } @nh,80,16 { 0x8100, 0x88a8 } \
            drop
            \t}
            }
            """);
    assertThat(ForwardLayer.IPTABLES_LEGACY.lockdown(node).text())
        .endsWith(
            """

            # iptables-legacy-restore --noflush -w 10
            *filter
            :podidentity-lockdown - [0:0]
            -A podidentity-lockdown -d 169.254.169.254/32 -p tcp -j REJECT --reject-with tcp-reset
            -A podidentity-lockdown -d 169.254.169.254/32 -j REJECT --reject-with \
            icmp-admin-prohibited
            -I FORWARD 1 -j podidentity-lockdown
            COMMIT
            """);
  }

  @ParameterizedTest
  @EnumSource
  void rulesAreWrittenOnceAndRemovedWithoutATrace(ForwardLayer layer) {
    layer.touch(node);
    String before = layer.everything(node);
    RuleSet lockdown = layer.lockdown(node);

    assertThat(lockdown.ensure()).isTrue();
    String written = layer.everything(node);
    assertThat(written)
        .contains("1: from all to 169.254.169.254 iif lo goto 3")
        .contains("2: from all to 169.254.169.254 prohibit")
        .contains(ForwardReject.NAME);
    assertThat(lockdown.ensure()).isFalse();
    // As a process that starts anew finds it.
    assertThat(layer.lockdown(node).ensure()).isFalse();
    assertThat(layer.everything(node)).isEqualTo(written);

    lockdown.remove();
    assertThat(layer.everything(node)).isEqualTo(before);
    lockdown.remove();
    assertThat(layer.everything(node)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NFT             | nft flush ruleset
          NFT             | nft delete table ip podidentity-lockdown
          NFT             | nft delete table bridge podidentity-lockdown
          NFT             | nft flush chain bridge podidentity-lockdown forward
          NFT             | nft insert rule bridge podidentity-lockdown forward accept
          NFT             | nft flush chain bridge podidentity-lockdown tagged
          NFT             | nft flush chain ip podidentity-lockdown forward
          NFT             | nft insert rule ip podidentity-lockdown forward accept
          IPTABLES_NFT    | iptables-nft -F
          IPTABLES_NFT    | nft flush ruleset
          IPTABLES_NFT    | iptables-nft -D FORWARD -j podidentity-lockdown
          IPTABLES_NFT    | iptables-nft -I podidentity-lockdown -j ACCEPT
          IPTABLES_LEGACY | iptables-legacy -F
          IPTABLES_LEGACY | iptables-legacy -F podidentity-lockdown
          IPTABLES_LEGACY | iptables-legacy -I FORWARD -j ACCEPT
          NFT             | ip -4 rule del pref 1
          NFT             | ip -4 rule del pref 2
          NFT             | ip -4 rule del pref 3
          NFT             | ip -4 rule add pref 4 to 10.0.0.1 prohibit proto 169
          """)
  void damageByAStrangerIsRepaired(ForwardLayer layer, String damage) {
    RuleSet lockdown = layer.lockdown(node);
    lockdown.ensure();
    String written = layer.everything(node);

    node.exec(damage.split(" ", -1));

    assertThat(layer.everything(node)).isNotEqualTo(written);
    assertThat(lockdown.ensure()).isTrue();
    assertThat(ours(layer.everything(node))).isEqualTo(ours(written));
    assertThat(lockdown.ensure()).isFalse();
  }

  @Test
  void anotherAddressTakesThePlaceOfTheFormer() {
    ForwardLayer.NFT.lockdown(node).ensure();
    assertThat(ForwardLayer.NFT.lockdown(node, "10.0.0.9").ensure()).isTrue();
    assertThat(ForwardLayer.NFT.everything(node)).contains("10.0.0.9").doesNotContain("169.254.");
  }

  @Test
  void rulesOfOthersAtTheSamePlaceStay() {
    node.ip("rule add pref 1 from 10.9.0.0/16 lookup main", "rule add pref 2 to 10.8.0.1 prohibit");
    RuleSet lockdown = ForwardLayer.NFT.lockdown(node);
    lockdown.ensure();
    lockdown.remove();
    assertThat(node.exec("ip", "-4", "rule"))
        .contains("from 10.9.0.0/16 lookup main", "to 10.8.0.1 prohibit");
  }

  @Test
  void kernelWithoutTablesForBridgesIsNoFailure() {
    String nft =
        "case \"$0 $*\" in 'nft -f -' | 'nft -c -f -') text=$(cat); case $text in *bridge*) exit"
            + " 1;; esac; echo \"$text\" | nft \"$@\";; *) exec \"$0\" \"$@\";; esac";
    NodePrograms programs =
        NodePrograms.HERE.withPrefix(List.of("ip", "netns", "exec", node.name(), "sh", "-c", nft));
    RuleSet lockdown = Lockdown.of("169.254.169.254", programs, BackendChoice.auto(programs));
    String before = ForwardLayer.NFT.everything(node);

    lockdown.check();
    assertThat(lockdown.ensure()).isTrue();
    assertThat(lockdown.ensure()).isFalse();

    assertThat(ForwardLayer.NFT.everything(node))
        .contains("table ip podidentity-lockdown", "to 169.254.169.254 prohibit")
        .doesNotContain("table bridge");
    lockdown.remove();
    assertThat(ForwardLayer.NFT.everything(node)).isEqualTo(before);
  }

  @Test
  void partThatFailsDoesNotKeepTheOtherAway() {
    // A node without nft and without iptables.
    NodePrograms routingOnly =
        NodePrograms.HERE.withPrefix(
            List.of("ip", "netns", "exec", node.name(), "sh", "-c", "exec ip \"$@\""));
    RuleSet lockdown = Lockdown.of("169.254.169.254", routingOnly, BackendChoice.auto(routingOnly));
    assertThatThrownBy(lockdown::ensure).isNotNull();
    assertThat(node.exec("ip", "-4", "rule")).contains("to 169.254.169.254 prohibit");
  }

  /** Of those of nft a table that is written anew comes last. */
  private static List<String> ours(String everything) {
    return everything
        .lines()
        .filter(
            line ->
                line.contains("169.254.169.254")
                    || line.contains(ForwardReject.NAME)
                    || line.contains("@nh"))
        .sorted()
        .toList();
  }
}
