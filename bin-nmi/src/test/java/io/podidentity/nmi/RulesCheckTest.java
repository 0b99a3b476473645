package io.podidentity.nmi;

import static io.podidentity.nmi.NmiProcess.IN_PLACE;
import static io.podidentity.nmi.NmiProcess.LIMIT;
import static io.podidentity.nmi.NmiProcess.LISTENING;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about a node on which rules cannot be written, or do not do, by real processes. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
class RulesCheckTest {
  private static final String WITHOUT_ADMIN =
      "the capability NET_ADMIN is missing: add it to the container's"
          + " securityContext.capabilities.add";

  private static final String NOT_IN_PLACE = "the node's packet rules are not in place\n";
  private static final Pattern PROBES = Pattern.compile("probes=\\S*:(\\d+)");

  @TempDir private Path folder;
  private ClusterNetwork network;
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    network = ClusterNetwork.create(1);
    node = network.node(0).namespace();
  }

  @AfterEach
  void removeNode() {
    network.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void rulesThatCanBeWrittenAreNot(String backend) {
    String before = rules();
    CommandResult check = check(List.of(), "--iptables-backend=" + backend);
    assertThat(check.stdout()).isEqualTo("the rules can be written\n");
    assertThat(check.exitCode()).isZero();
    assertThat(rules()).isEqualTo(before);
  }

  @Test
  void podIsSaidToBeRedirectedByNmiAlone() throws IOException {
    PodNetwork pod = network.node(0).addPod("pod");
    String file = "/run/netns/" + pod.namespace().name();
    assertThat(check(List.of(), "--pod=" + file).stdout()).contains(file + ": kept away: ");
    try (ManagedProcess nmi = NmiProcess.start(node, folder)) {
      nmi.awaitLine(LISTENING, LIMIT);
      nmi.awaitLine(IN_PLACE, LIMIT);
      Await.asserted(
          LIMIT,
          () ->
              assertThat(readiness(nmi))
                  .contains("not known yet: pods")
                  .doesNotContain(NOT_IN_PLACE));
      CommandResult redirected = check(List.of(), "--pod=" + file);
      assertThat(redirected.stdout()).contains(file + ": redirected: NMI answers");
      assertThat(redirected.exitCode()).isZero();
    }
    CommandResult refused = check(List.of(), "--pod=" + file);
    assertThat(refused.stdout()).contains(file + ": kept away: ");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(check(List.of(), "--pod=orders").exitCode()).isEqualTo(2);
    assertThat(check(List.of(), "--pod=default/orders").stderr())
        .contains("the network namespace of default/orders is not known");
  }

  @Test
  void missingCapabilityIsOneLine() throws IOException {
    List<String> prefix = without("net_admin");
    CommandResult check = check(prefix);
    assertThat(check.stdout()).isEqualTo("problem: " + WITHOUT_ADMIN + "\n");
    assertThat(check.exitCode()).isEqualTo(1);

    try (ManagedProcess nmi =
        NmiProcess.startBehind(prefix, node, folder, "--source-pinning=enforce")) {
      nmi.awaitLine(LISTENING, LIMIT);
      nmi.awaitLine(Pattern.compile("rules failed; trying again"), LIMIT);
      assertThat(readiness(nmi))
          .contains(NOT_IN_PLACE, "pods' addresses cannot be held to their interfaces\n");
      assertThat(nmi.tail().lines().filter(line -> line.contains("rules failed error=")))
          .hasSize(1)
          .allMatch(line -> line.endsWith(WITHOUT_ADMIN));
      assertThat(nmi.tail().lines().filter(line -> line.contains("rules failed; trying again")))
          .hasSize(1)
          .allMatch(line -> line.endsWith(WITHOUT_ADMIN));
    }
  }

  /** With the legacy back-end the node's rules, too, can only be read with it. */
  @Test
  void netRawIsAskedForOnlyWhereTheLegacyBackEndIsOrMayBeUsed() {
    List<String> withoutRaw = without("net_raw");
    assertThat(check(withoutRaw).stdout()).isEqualTo("the rules can be written\n");
    assertThat(check(withoutRaw, "--iptables-backend=legacy").stdout())
        .startsWith("problem: the capability NET_RAW is missing: ");

    node.exec("iptables-legacy", "-t", "nat", "-N", "KUBE-KUBELET-CANARY");
    assertThat(check(withoutRaw).stdout()).startsWith("problem: the capability NET_RAW is");
    assertThat(check(withoutRaw, "--iptables-backend=nft").stdout())
        .isEqualTo("the rules can be written\n");
  }

  @Test
  void missingProgramsAreALineEach() {
    CommandResult check = check(List.of("env", "PATH=/nowhere"));
    assertThat(check.stdout().lines())
        .containsExactlyInAnyOrder(
            "problem: ip is not on the PATH: install the package iproute2",
            "problem: iptables-nft-save is not on the PATH: install the package iptables");
    assertThat(check.exitCode()).isEqualTo(1);
  }

  @Test
  void interfacesWithoutRouteLocalnetAreToldUnlessTheRedirectGoesElsewhere() {
    network.node(0).addPod("pod");
    node.sysctl("net/ipv4/conf/all/route_localnet=0");
    assertThat(check(List.of()).stdout())
        .isEqualTo(
            "problem: route_localnet is off on 1 interfaces: set"
                + " net.ipv4.conf.all.route_localnet=1, or use --redirect-target\n");
    assertThat(check(List.of(), "--redirect-target=169.254.25.79").exitCode()).isZero();
  }

  private String readiness(ManagedProcess nmi) {
    Matcher probes = PROBES.matcher(nmi.awaitLine(LISTENING, LIMIT));
    assertThat(probes.find()).isTrue();
    return Curl.in(node).request("http://127.0.0.1:" + probes.group(1) + "/readyz").body();
  }

  private CommandResult check(List<String> prefix, String... flags) {
    String[] all = new String[flags.length + 2];
    all[0] = "rules";
    all[1] = "--check";
    System.arraycopy(flags, 0, all, 2, flags.length);
    return node.inside(
            JavaProgram.of(NmiMain.class, all)
                .withTimeout(Duration.ofMinutes(2))
                .withPrefix(prefix))
        .run();
  }

  private static List<String> without(String capability) {
    return List.of("setpriv", "--bounding-set=-" + capability, "--inh-caps=-" + capability);
  }

  private String rules() {
    return node.exec("ip", "-4", "rule")
        + node.exec("nft", "list", "ruleset").replaceAll("(?s)table ip \\w+ \\{\\s*}\\s*", "")
        + node.exec("iptables-legacy-save").replaceAll("(?m)^[#:*C].*\n", "");
  }
}
