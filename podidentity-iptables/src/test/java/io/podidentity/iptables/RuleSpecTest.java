package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RuleSpecTest {

  private static final String RULE = RedirectRules.DEFAULT.chain().rules().get(0);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-d 169.254.169.254/32 ! -s 127.0.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2579",
        "! -s 127.0.0.1 -d 169.254.169.254 -p tcp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2579",
        "! --source 127.0.0.1/32 --destination 169.254.169.254/32 --protocol tcp --match tcp"
            + " --destination-port 80 --jump DNAT --to-destination 127.0.0.1:2579",
        "! --src 127.0.0.1/32 --dst 169.254.169.254/32 -p 6 -m tcp --dport \"80\" -j DNAT"
            + "  --to-destination 127.0.0.1:2579"
      })
  void otherTextForTheSameRuleIsEqual(String text) {
    assertThat(RuleSpec.parse(text)).isEqualTo(RuleSpec.parse(RULE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2579",
        "-d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:2579",
        "! -s 127.0.0.1/32 -d 169.254.169.254/24 -p tcp -m tcp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2579",
        "! -s 127.0.0.1/32 -d 169.254.169.254/32 -p udp -m udp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2579",
        "! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp ! --dport 80 -j DNAT"
            + " --to-destination 127.0.0.1:2579",
        "! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2580",
        "! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination"
            + " 127.0.0.1:2579 --random",
        "-i eth0 ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT"
            + " --to-destination 127.0.0.1:2579",
        "! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -m owner --uid-owner 0 -j"
            + " DNAT --to-destination 127.0.0.1:2579",
        "-j RETURN",
        ""
      })
  void anotherRuleIsNotEqual(String text) {
    assertThat(RuleSpec.parse(text)).isNotEqualTo(RuleSpec.parse(RULE));
  }

  @Test
  void jumpInACommentLeadsNowhere() {
    RuleSpec rule = RuleSpec.parse("-m comment --comment \"see -j aad-metadata\" -j OTHER");
    assertThat(rule.leadsTo("aad-metadata")).isFalse();
    assertThat(rule.leadsTo("OTHER")).isTrue();
  }

  @Test
  void gotoLeadsToItsChainToo() {
    assertThat(RuleSpec.parse("-i eth0 -g aad-metadata").leadsTo("aad-metadata")).isTrue();
    assertThat(RuleSpec.parse("-j aad-metadata-2").leadsTo("aad-metadata")).isFalse();
  }

  @Test
  void wordsInQuotesKeepBlanksAndEscapedCharacters() {
    // As iptables-save 1.8.9 wrote it.
    assertThat(RuleWords.of("-m comment --comment \"-j it\\'s \\\\ \\\"x\\\" y\" -j \"\" z"))
        .containsExactly("-m", "comment", "--comment", "-j it's \\ \"x\" y", "-j", "", "z");
  }
}
