package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Strangers damage the rules while a guard looks after them, once an hour unless it is told. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
final class RepairTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("repair");
  }

  @AfterEach
  void removeNode() {
    executor.shutdownNow();
    node.close();
  }

  @ParameterizedTest
  @EnumSource
  void damageIsRepairedWithoutWaitingForTheInterval(Backend backend) {
    backend.require();
    NodePrograms programs = Backend.programs(node);
    BackendChoice choice = BackendChoice.of(backend.kind(), programs);
    NodeRuleSets rules =
        new NodeRuleSets(
            List.of(
                Lockdown.of("169.254.169.254", programs, choice),
                new IptablesRedirect(RedirectRules.DEFAULT, choice)),
            new RuleChanges(programs, choice));
    RulesGuard guard =
        new RulesGuard(rules, this::schedule, Duration.ofHours(1), executor, listener());
    guard.start();
    try {
      await("the rules are there", () -> isWhole(backend));
      for (Runnable stranger : strangers(backend)) {
        stranger.run();
        await("the rules are there again after " + told, () -> isWhole(backend));
      }
    } finally {
      guard.stop();
    }
    // Each time it was a change that had to be written.
    assertThat(told.stream().filter("changed"::equals)).hasSizeGreaterThanOrEqualTo(7);
    assertThat(told).doesNotContain("failure");
  }

  private List<Runnable> strangers(Backend backend) {
    return List.of(
        () -> backend.iptables(node, "-F"),
        () -> backend.iptables(node, "-D PREROUTING -j aad-metadata"),
        () -> backend.iptables(node, "-I PREROUTING 1 -j ACCEPT"),
        () -> backend.restore(node, "*nat\nCOMMIT\n"),
        () -> node.exec("nft", "flush", "ruleset"),
        () -> node.ip("rule del pref 1"),
        () -> node.ip("rule del pref 2"));
  }

  private boolean isWhole(Backend backend) {
    String rules = node.exec("ip", "-4", "rule") + node.exec("nft", "list", "tables");
    List<String> nat = backend.list(node);
    return rules.contains("iif lo lookup main proto 169")
        && rules.contains("prohibit proto 169")
        && rules.contains(ForwardReject.NAME)
        && nat.containsAll(RedirectRules.DEFAULT.lines())
        && nat.indexOf("-A PREROUTING -j aad-metadata") < firstOther(nat);
  }

  private static int firstOther(List<String> nat) {
    int other = nat.indexOf("-A PREROUTING -j ACCEPT");
    return other < 0 ? Integer.MAX_VALUE : other;
  }

  private static void await(String what, BooleanSupplier condition) {
    Await.until(what, LIMIT, condition);
  }

  private RulesGuard.Listener listener() {
    return new RulesGuard.Listener() {
      @Override
      public void onInPlace(boolean changed) {
        told.add(changed ? "changed" : "same");
      }

      @Override
      public void onFailure(PodIdentityException error) {
        told.add("failure");
      }
    };
  }

  private Subscription schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }
}
