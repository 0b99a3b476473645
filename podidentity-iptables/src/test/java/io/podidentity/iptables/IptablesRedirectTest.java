package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
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

/** The real commands on the kernel's rules, in a namespace of the test's own. */
@RequiresRealPart(RealPart.NETWORK_NAMESPACES)
final class IptablesRedirectTest {

  private static final String REDIRECT =
      "-A aad-metadata ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT"
          + " --to-destination 127.0.0.1:2579";

  /** What kube-proxy and a stranger have there. */
  private static final String FOREIGN =
      """
      *nat
      :PREROUTING ACCEPT [0:0]
      :INPUT ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :KUBE-SERVICES - [0:0]
      [3:180] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      [0:0] -A PREROUTING -d 169.254.169.254/32 -p udp -m comment --comment "a \\"quoted\\" one" -j ACCEPT
      [1:60] -A OUTPUT -j KUBE-SERVICES
      [0:0] -A KUBE-SERVICES -d 10.0.0.10/32 -p tcp -m tcp --dport 53 -j DNAT --to-destination \
      10.244.0.2:53
      COMMIT
      """;

  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("rules");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @ParameterizedTest
  @EnumSource
  void rulesReadAsThoseOfV1(Backend backend) {
    backend.require();
    assertThat(backend.redirect(node).ensure()).isTrue();
    assertThat(backend.list(node))
        .containsExactly(
            "-P PREROUTING ACCEPT",
            "-P INPUT ACCEPT",
            "-P OUTPUT ACCEPT",
            "-P POSTROUTING ACCEPT",
            "-N aad-metadata",
            "-A PREROUTING -j aad-metadata",
            REDIRECT,
            "-A aad-metadata -j RETURN")
        .containsAll(RedirectRules.DEFAULT.lines());
  }

  @ParameterizedTest
  @EnumSource
  void rulesInPlaceAreNotTouched(Backend backend) {
    backend.require();
    backend.restore(node, FOREIGN);
    backend.redirect(node).ensure();
    // Rules that are written anew count from zero.
    backend.restore(node, backend.save(node).replace("[0:0] -A", "[7:420] -A"));
    String before = backend.save(node);
    assertThat(before).contains("[7:420] -A PREROUTING -j aad-metadata", "[7:420] " + REDIRECT);
    assertThat(backend.redirect(node).ensure()).isFalse();
    assertThat(backend.save(node)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void rulesWrittenByV1AreTakenOver(Backend backend) {
    backend.require();
    // The calls that v1 makes.
    backend.iptables(node, "-N aad-metadata");
    backend.iptables(
        node,
        "-A aad-metadata -p tcp ! -s 127.0.0.1 -d 169.254.169.254 --dport 80 -j DNAT"
            + " --to-destination 127.0.0.1:2579");
    backend.iptables(node, "-A aad-metadata -j RETURN");
    backend.iptables(node, "-I PREROUTING 1 -j aad-metadata");
    assertThat(backend.redirect(node).ensure()).isFalse();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the jump is deleted             | -D PREROUTING -j aad-metadata
          the jump comes twice            | -A PREROUTING -j aad-metadata
          a rule comes before it          | -I PREROUTING 1 -p tcp -d 169.254.169.254 -j ACCEPT
          the table is flushed            | -F
          the chain is flushed            | -F aad-metadata
          the redirect is deleted         | -D aad-metadata 1
          the return is deleted           | -D aad-metadata 2
          the chain begins with another   | -I aad-metadata 1 -j RETURN
          the chain ends with another     | -A aad-metadata -j ACCEPT
          the target is changed           | -R aad-metadata 1 -d 169.254.169.254 -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:9
          the chain is deleted            | -D PREROUTING -j aad-metadata; -F aad-metadata; -X aad-metadata
          the chain is renamed            | -E aad-metadata other
          a chain comes before it         | -N other; -A other -j ACCEPT; -I PREROUTING 1 -j other
          """)
  void damageIsRepaired(String what, String damage) {
    for (Backend backend : Backend.values()) {
      backend.require();
      try (NetworkNamespace one = NetworkNamespace.create("damage")) {
        backend.restore(one, FOREIGN);
        backend.redirect(one).ensure();
        List<String> rules = backend.list(one);
        List.of(damage.split("; ", -1)).forEach(step -> backend.iptables(one, step));
        assertThat(backend.list(one)).as(what).isNotEqualTo(rules);

        List<String> foreign = foreign(backend.list(one));
        assertThat(backend.redirect(one).ensure()).isTrue();
        assertThat(ours(backend.list(one))).isEqualTo(ours(rules));
        assertThat(prerouting(backend.list(one)).get(0)).isEqualTo("-A PREROUTING -j aad-metadata");
        assertThat(foreign(backend.list(one))).isEqualTo(foreign);
        assertThat(backend.redirect(one).ensure()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void damageByAFlushOfEverythingIsRepaired(Backend backend) {
    backend.require();
    backend.redirect(node).ensure();
    List<String> rules = backend.list(node);
    backend.restore(node, "*nat\nCOMMIT\n");
    assertThat(backend.list(node)).doesNotContain("-N aad-metadata");
    assertThat(backend.redirect(node).ensure()).isTrue();
    assertThat(backend.list(node)).isEqualTo(rules);
  }

  @ParameterizedTest
  @EnumSource
  void repairLeavesForeignRulesWithTheirCounters(Backend backend) {
    backend.require();
    backend.restore(node, FOREIGN);
    backend.redirect(node).ensure();
    assertThat(backend.save(node).lines())
        .containsSubsequence(FOREIGN.lines().filter(line -> line.startsWith("[")).toList());
  }

  @ParameterizedTest
  @EnumSource
  void foreignRuleThatLeadsToOurChainIsLeftByEnsure(Backend backend) {
    backend.require();
    backend.redirect(node).ensure();
    backend.iptables(node, "-A OUTPUT -o lo -g aad-metadata");
    backend.iptables(node, "-D PREROUTING 1");
    assertThat(backend.redirect(node).ensure()).isTrue();
    assertThat(backend.list(node))
        .contains("-A OUTPUT -o lo -g aad-metadata", "-A PREROUTING -j aad-metadata");
  }

  @ParameterizedTest
  @EnumSource
  void removalLeavesTheTableAsItWas(Backend backend) {
    backend.require();
    backend.restore(node, FOREIGN);
    String before = backend.save(node);
    IptablesRedirect redirect = backend.redirect(node);
    redirect.ensure();
    redirect.remove();
    assertThat(backend.save(node)).isEqualTo(before);
    redirect.remove();
    assertThat(backend.save(node)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void removalTakesAllThatLeadsToTheChain(Backend backend) {
    backend.require();
    backend.restore(node, FOREIGN);
    String before = backend.save(node);
    IptablesRedirect redirect = backend.redirect(node);
    redirect.ensure();
    backend.iptables(node, "-A PREROUTING -j aad-metadata");
    backend.iptables(node, "-A OUTPUT -o lo -g aad-metadata");
    backend.iptables(node, "-I KUBE-SERVICES 1 -m comment --comment it's\"\\x -j aad-metadata");
    redirect.remove();
    assertThat(backend.save(node)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void removalTakesAChainThatAStrangerRenamed(Backend backend) {
    backend.require();
    backend.restore(node, FOREIGN);
    backend.iptables(node, "-N alike");
    backend.iptables(node, "-A alike -d 169.254.169.254 -j RETURN");
    String before = backend.save(node);
    IptablesRedirect redirect = backend.redirect(node);
    redirect.ensure();
    backend.iptables(node, "-E aad-metadata other");
    backend.iptables(node, "-A OUTPUT -o lo -g other");
    // The first one's is whole again before another one comes.
    redirect.ensure();
    backend.iptables(node, "-E aad-metadata another");
    redirect.ensure();

    redirect.remove();

    assertThat(backend.save(node)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void removalOfHalfTheRulesIsNoError(Backend backend) {
    backend.require();
    IptablesRedirect redirect = backend.redirect(node);
    redirect.remove();
    String empty = backend.save(node);
    backend.iptables(node, "-N aad-metadata");
    redirect.remove();
    assertThat(backend.save(node)).isEqualTo(empty);
  }

  @ParameterizedTest
  @EnumSource
  void otherRulesTakeThePlaceOfFormerOnes(Backend backend) {
    backend.require();
    backend.redirect(node).ensure();
    RedirectRules other = new RedirectRules("169.254.169.254", 80, "127.0.0.1", 2580);
    assertThat(new IptablesRedirect(other, backend.commands(node)).ensure()).isTrue();
    assertThat(backend.list(node)).containsAll(other.lines()).doesNotContain(REDIRECT);
  }

  @Test
  void capabilityThatTheCommandLacksIsNamed() {
    for (Backend backend : Backend.values()) {
      backend.require();
      IptablesCommands inside =
          backend
              .bare()
              .withPrefix(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-net_admin"))
              .withPrefix(List.of("ip", "netns", "exec", node.name()));
      assertThatThrownBy(() -> new IptablesRedirect(RedirectRules.DEFAULT, inside).ensure())
          .isInstanceOfSatisfying(
              PodIdentityException.class,
              e -> assertThat(e.reason()).isEqualTo(ErrorReason.REDIRECT_FAILED))
          // This process has them, so that what took them is to be looked for.
          .hasMessageContaining("-save was not permitted, though this process")
          .hasMessageContaining("NET_ADMIN");
    }
  }

  private static List<String> prerouting(List<String> rules) {
    return rules.stream().filter(rule -> rule.startsWith("-A PREROUTING")).toList();
  }

  private static List<String> ours(List<String> rules) {
    return rules.stream().filter(rule -> rule.contains("aad-metadata")).toList();
  }

  private static List<String> foreign(List<String> rules) {
    return rules.stream().filter(rule -> !rule.contains("aad-metadata")).toList();
  }
}
