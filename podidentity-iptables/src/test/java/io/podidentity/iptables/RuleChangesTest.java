package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.spi.NodeRules;
import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel tells, by the programs that listen. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
final class RuleChangesTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Semaphore changes = new Semaphore(0);
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("changes");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iptables-nft -t nat -A PREROUTING -j ACCEPT",
        "nft add table inet other",
        "ip -4 rule add pref 7 to 10.0.0.1 prohibit",
        "ip address add 169.254.25.79/32 dev lo",
      })
  void changeIsTold(String change) throws InterruptedException {
    try (NodeRules.News news = listen(Backend.NFT)) {
      Await.until("all is heard", LIMIT, news::isComplete);
      changes.drainPermits();
      node.exec(change.split(" ", -1));
      assertThat(changes.tryAcquire(60, TimeUnit.SECONDS)).as("told").isTrue();
    }
  }

  // xtables-monitor 1.8.9 ends over a rule that it cannot read: "cmp sreg undef".
  @Test
  void ruleThatIptablesCannotReadDoesNotEndTheNews() throws InterruptedException {
    node.exec("nft", "add table ip other; add chain ip other c");
    try (NodeRules.News news = listen(Backend.NFT)) {
      Await.until("all is heard", LIMIT, news::isComplete);
      changes.drainPermits();
      node.exec("nft", "add rule ip other c fib daddr type local tcp dport 2579 drop");
      assertThat(changes.tryAcquire(60, TimeUnit.SECONDS)).as("told").isTrue();
      assertThat(news.isComplete()).isTrue();
    }
  }

  /** As where the kernel ends them for want of memory. */
  @Test
  void endOfTheProgramsIsAChangeAndTheyAreStartedAgain() throws InterruptedException {
    try (NodeRules.News news = listen(Backend.NFT)) {
      Await.until("all is heard", LIMIT, news::isComplete);
      changes.drainPermits();

      Command.of("ip", "netns", "pids", node.name())
          .output()
          .lines()
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
          .forEach(ProcessHandle::destroyForcibly);

      assertThat(changes.tryAcquire(2, 60, TimeUnit.SECONDS)).as("told of both").isTrue();
      assertThat(news.isComplete()).isFalse();
      Await.until("all is heard again", LIMIT, news::isComplete);
      changes.drainPermits();
      node.exec("nft", "add", "table", "inet", "other");
      assertThat(changes.tryAcquire(60, TimeUnit.SECONDS)).as("told").isTrue();
    }
  }

  @Test
  void legacyRulesAreNotToldOf() throws InterruptedException {
    try (NodeRules.News news = listen(Backend.LEGACY)) {
      // Both programs listen once they have said so.
      assertThat(changes.tryAcquire(2, 60, TimeUnit.SECONDS)).isTrue();
      assertThat(news.isComplete()).isFalse();
    }
  }

  @Test
  void programThatIsMissingMakesTheNewsIncomplete() {
    NodePrograms none = NodePrograms.HERE.withPrefix(List.of("no-such-program"));
    try (NodeRules.News news =
        new RuleChanges(none, BackendChoice.of(IptablesBackend.NFT, none))
            .listen(changes::release)) {
      assertThat(news.isComplete()).isFalse();
    }
  }

  private NodeRules.News listen(Backend backend) {
    NodePrograms programs = Backend.programs(node);
    return new RuleChanges(programs, BackendChoice.of(backend.kind(), programs))
        .listen(changes::release);
  }
}
