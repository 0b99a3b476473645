package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Where the rules go on a node whose other rules are in one back-end, in both, or in none. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
final class BackendChoiceTest {

  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("choice");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  // The chains are those that kubelet and kube-proxy 1.34 make.
  @ParameterizedTest
  @CsvSource({
    "-t mangle -N KUBE-IPTABLES-HINT",
    "-t mangle -N KUBE-KUBELET-CANARY",
    "-t nat -N KUBE-SERVICES",
    "-t filter -A INPUT -p icmp -j ACCEPT",
  })
  void rulesGoWhereThoseOfTheClusterAre(String rule) {
    for (Backend backend : Backend.values()) {
      try (NetworkNamespace one = NetworkNamespace.create("cluster")) {
        backend.run(one, rule);
        redirect(one).ensure();
        assertThat(backend.list(one)).contains("-A PREROUTING -j aad-metadata");
        assertThat(backend.other().list(one)).doesNotContain("-N aad-metadata");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void kubeletsWordCountsMoreThanTheNumberOfRules(Backend backend) {
    backend.run(node, "-t mangle -N KUBE-IPTABLES-HINT");
    backend.other().run(node, "-t nat -N KUBE-SERVICES");
    backend.other().run(node, "-t filter -A INPUT -p icmp -j ACCEPT");
    redirect(node).ensure();
    assertThat(backend.list(node)).contains("-A PREROUTING -j aad-metadata");
  }

  @Test
  void nodeWithoutAnyRuleGetsTheNewerOne() {
    redirect(node).ensure();
    assertThat(Backend.NFT.list(node)).contains("-A PREROUTING -j aad-metadata");
  }

  @Test
  void rulesMoveOnceKubernetesShowsWhichOneItUses() {
    IptablesRedirect redirect = redirect(node);
    redirect.ensure();
    assertThat(Backend.NFT.list(node)).contains("-A PREROUTING -j aad-metadata");

    Backend.LEGACY.run(node, "-t mangle -N KUBE-IPTABLES-HINT");
    assertThat(redirect.ensure()).isTrue();

    assertThat(Backend.LEGACY.list(node)).contains("-A PREROUTING -j aad-metadata");
    assertThat(Backend.NFT.list(node)).doesNotContain("-N aad-metadata");
  }

  @ParameterizedTest
  @EnumSource
  void flagCountsMoreThanTheNode(Backend backend) {
    backend.other().run(node, "-t mangle -N KUBE-IPTABLES-HINT");
    BackendChoice choice = BackendChoice.of(backend.kind(), Backend.programs(node));
    new IptablesRedirect(RedirectRules.DEFAULT, choice).ensure();
    assertThat(backend.list(node)).contains("-A PREROUTING -j aad-metadata");
    assertThat(backend.other().list(node)).doesNotContain("-N aad-metadata");
  }

  /** As after an update of the node, or with another flag. */
  @ParameterizedTest
  @EnumSource
  void whatAnEarlierNmiLeftInTheOtherOneIsRemoved(Backend backend) {
    backend.redirect(node).ensure();
    backend.run(node, "-t nat -A PREROUTING -p udp -j ACCEPT");
    BackendChoice now = BackendChoice.of(backend.other().kind(), Backend.programs(node));
    IptablesRedirect redirect = new IptablesRedirect(RedirectRules.DEFAULT, now);

    assertThat(redirect.ensure()).isTrue();

    assertThat(backend.list(node))
        .doesNotContain("-N aad-metadata")
        .contains("-A PREROUTING -p udp -j ACCEPT");
    assertThat(backend.other().list(node)).contains("-A PREROUTING -j aad-metadata");
    assertThat(redirect.ensure()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void whatCouldNotBeRemovedFromTheOtherOneIsTriedAgain(Backend backend, @TempDir Path folder)
      throws IOException {
    triesAgain(backend, "restore", folder);
  }

  @ParameterizedTest
  @EnumSource
  void otherOneThatCouldNotBeReadIsReadAgain(Backend backend, @TempDir Path folder)
      throws IOException {
    triesAgain(backend, "save", folder);
  }

  private void triesAgain(Backend backend, String program, Path folder) throws IOException {
    backend.redirect(node).ensure();
    Path busy = Files.createFile(folder.resolve("busy"));
    // As where another program holds its lock.
    String programs =
        "case $0 in %s-%s) [ ! -e %s ] || exit 4;; esac; exec \"$0\" \"$@\""
            .formatted(backend.kind().family(), program, busy);
    BackendChoice now =
        BackendChoice.of(
            backend.other().kind(),
            NodePrograms.HERE.withPrefix(
                List.of("ip", "netns", "exec", node.name(), "sh", "-c", programs)));
    Duration interval = Duration.ofSeconds(60);
    AtomicLong nanos = new AtomicLong();
    IptablesRedirect redirect =
        new IptablesRedirect(RedirectRules.DEFAULT, now, interval, nanos::get);
    // Pods are redirected all the same.
    assertThat(redirect.ensure()).isTrue();
    assertThat(backend.other().list(node)).contains("-A PREROUTING -j aad-metadata");
    assertThat(backend.list(node)).contains("-N aad-metadata");

    Files.delete(busy);
    redirect.ensure();
    assertThat(backend.list(node)).contains("-N aad-metadata");
    nanos.addAndGet(interval.toNanos());
    redirect.ensure();

    assertThat(backend.list(node)).doesNotContain("-N aad-metadata");
  }

  @Test
  void backEndThatDoesNotWorkIsNamedOnceAtARemoval() {
    Backend.NFT.redirect(node).ensure();
    NodePrograms programs =
        NodePrograms.HERE.withPrefix(
            List.of(
                "ip",
                "netns",
                "exec",
                node.name(),
                "sh",
                "-c",
                "case $0 in iptables-legacy*) exit 127;; esac; exec \"$0\" \"$@\""));
    IptablesRedirect redirect =
        new IptablesRedirect(RedirectRules.DEFAULT, BackendChoice.auto(programs));
    List<ILoggingEvent> warnings =
        warningsOf(
            () -> {
              // Nothing is to be removed here, so it does not matter yet.
              redirect.ensure();
              assertThat(Backend.NFT.list(node)).contains("-N aad-metadata");
            });
    assertThat(warnings).isEmpty();

    warnings =
        warningsOf(
            () -> {
              redirect.remove();
              redirect.remove();
            });

    assertThat(Backend.NFT.list(node)).doesNotContain("-N aad-metadata");
    assertThat(warnings)
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning.getFormattedMessage())
                    .isEqualTo(
                        "iptables backend=iptables-legacy does not work here: if it holds rules of"
                            + " ours, they stay"));
  }

  private static List<ILoggingEvent> warningsOf(Runnable work) {
    Logger logger = (Logger) LoggerFactory.getLogger(BackendChoice.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      work.run();
    } finally {
      logger.detachAppender(lines);
    }
    return lines.list.stream().filter(line -> line.getLevel() == Level.WARN).toList();
  }

  @Test
  void removalTakesTheRulesOfBothAndMakesNoTable() {
    for (Backend backend : Backend.values()) {
      backend.redirect(node).ensure();
    }
    redirect(node).remove();
    for (Backend backend : Backend.values()) {
      assertThat(backend.list(node)).doesNotContain("-N aad-metadata");
    }
    try (NetworkNamespace untouched = NetworkNamespace.create("untouched")) {
      redirect(untouched).remove();
      assertThat(untouched.exec("cat", "/proc/net/ip_tables_names")).isEmpty();
      assertThat(untouched.exec("nft", "list", "ruleset")).isEmpty();
    }
  }

  @Test
  void tableThatIptablesCannotReadIsReportedAndLeftAlone() {
    // A rule that iptables has no words for, in iptables' own table.
    node.exec("nft", "add table ip nat");
    node.exec(
        "nft",
        "add chain ip nat PREROUTING { type nat hook prerouting priority dstnat; policy accept; }");
    node.exec("nft", "add rule ip nat PREROUTING ct mark 1 accept");
    String before = node.exec("nft", "list", "ruleset");
    for (int looks = 0; looks < 2; looks++) {
      assertThatThrownBy(Backend.NFT.redirect(node)::ensure)
          .isInstanceOf(PodIdentityException.class)
          .hasMessageContaining("nft list table ip nat");
    }
    assertThat(node.exec("nft", "list", "ruleset")).isEqualTo(before);
  }

  @Test
  void nothingToChooseFromIsAFailure() {
    NodePrograms none = NodePrograms.HERE.withPrefix(List.of("no-such-program"));
    IptablesRedirect redirect =
        new IptablesRedirect(RedirectRules.DEFAULT, BackendChoice.auto(none));
    assertThatThrownBy(redirect::ensure).isInstanceOf(PodIdentityException.class);
    assertThatThrownBy(redirect::remove).isInstanceOf(PodIdentityException.class);
  }

  private static IptablesRedirect redirect(NetworkNamespace namespace) {
    return new IptablesRedirect(
        RedirectRules.DEFAULT, BackendChoice.auto(Backend.programs(namespace)));
  }
}
