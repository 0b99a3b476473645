package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rules before ours could take its packets. */
final class TrafficTest {

  private static final Traffic IMDS = new Traffic("169.254.169.254", 80);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-j ACCEPT",
        "-i eth0 -j ACCEPT",
        "-d 169.254.169.254/32 -j DNAT --to-destination 10.0.0.1:80",
        "-d 169.254.0.0/16 -p tcp -j ACCEPT",
        "! -d 10.0.0.0/8 -j ACCEPT",
        "-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080",
        "-p tcp -m tcp --dport 1:1024 -j RETURN",
        "-p 6 -j ACCEPT",
        "! -p udp -j ACCEPT",
        "-p tcp -m multiport --dports 80,443 -j ACCEPT",
        "-m addrtype ! --dst-type LOCAL -j ACCEPT",
        "-d 169.254.0.0/255.255.0.0 -j ACCEPT",
        "-m something --new 1 -j UNKNOWN",
        "-g leads-nowhere",
        "-j leads-to-it",
      })
  void whatCouldTakeThem(String rule) {
    assertThat(taker(rule)).contains(rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-d 10.0.0.10/32 -j DNAT --to-destination 10.244.0.2:53",
        "-d 169.254.169.253/32 -j ACCEPT",
        "-d 169.254.0.0/17 -j ACCEPT",
        "! -d 169.254.169.254/32 -j ACCEPT",
        "-p udp -j ACCEPT",
        "! -p tcp -j ACCEPT",
        "-p tcp -m tcp --dport 443 -j ACCEPT",
        "-p tcp -m tcp ! --dport 80 -j ACCEPT",
        "-p tcp -m tcp --dport 81:65535 -j ACCEPT",
        "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
        "-m comment --comment \"only counts\"",
        "-j MARK --set-xmark 0x1/0x1",
        "-j leads-nowhere",
        "-j empty",
        "-j round",
      })
  void whatCannot(String rule) {
    assertThat(taker(rule)).isEmpty();
  }

  // The rules of kube-proxy and Calico 3.28 on a node with a floating IP.
  @Test
  void kubeProxyAndCalicoDoNot() {
    ForeignRules rules = new ForeignRules("PREROUTING");
    rules.add("PREROUTING", "-m comment --comment \"cali:6gwbT8\" -j cali-PREROUTING");
    rules.add("PREROUTING", "-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES");
    rules.addJump();
    rules.add("cali-PREROUTING", "-m comment --comment \"cali:r6XmIz\" -j cali-fip-dnat");
    rules.add("cali-fip-dnat", "-d 10.1.2.3/32 -j DNAT --to-destination 10.244.0.5");
    rules.add("KUBE-SERVICES", "-d 10.0.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-X");
    rules.add("KUBE-SERVICES", "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
    rules.add("KUBE-SVC-X", "-j KUBE-SEP-X");
    rules.add("KUBE-SEP-X", "-p tcp -j DNAT --to-destination 10.250.0.4:6443");
    assertThat(rules.taker(IMDS)).isEmpty();
  }

  @Test
  void rulesBehindTheJumpDoNotMatter() {
    ForeignRules rules = new ForeignRules("PREROUTING");
    rules.addJump();
    rules.add("PREROUTING", "-j ACCEPT");
    assertThat(rules.taker(IMDS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-p udp -j ACCEPT,true", "-d 10.0.0.1/32 -j ACCEPT,false", "-j LOG,false"})
  void allProtocolsCountWhereOursIsForAll(String rule, boolean takes) {
    ForeignRules rules = new ForeignRules("FORWARD");
    rules.add("FORWARD", rule);
    rules.addJump();
    assertThat(rules.taker(new Traffic("169.254.169.254", 0)).isPresent()).isEqualTo(takes);
  }

  private static Optional<String> taker(String rule) {
    ForeignRules rules = new ForeignRules("PREROUTING");
    rules.declare("empty");
    rules.add("PREROUTING", rule);
    rules.addJump();
    Map.of(
            "leads-nowhere", "-d 10.0.0.1/32 -j ACCEPT",
            "leads-to-it", "-j leads-on",
            "leads-on", "-p tcp -j ACCEPT",
            "round", "-j round",
            "KUBE-NODEPORTS", "-j ACCEPT")
        .forEach(rules::add);
    return rules.taker(IMDS);
  }
}
