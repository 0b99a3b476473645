package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.Await;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Connects;
import io.podidentity.harness.net.ImdsPackets;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.ArrayList;
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

/**
 * Strangers damage the rules while a pod asks without end and a guard looks after them, once an
 * hour unless it is told.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
final class RepairTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SOME = 20;

  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private ClusterNetwork network;
  private NetworkNamespace node;
  private ImdsPackets packets;

  @BeforeEach
  void makeNode() {
    network = ClusterNetwork.create(1);
    NodeNetwork nodeNetwork = network.node(0);
    node = nodeNetwork.namespace();
    packets = new ImdsPackets(network, nodeNetwork);
    LineSinkMain.start(node, "127.0.0.1", RedirectRules.DEFAULT.nmiPort());
  }

  @AfterEach
  void removeNode() {
    executor.shutdownNow();
    network.close();
  }

  @ParameterizedTest
  @EnumSource
  void damageIsRepairedWithoutWaitingForTheIntervalAndLetsNoPacketThrough(Backend backend) {
    backend.require();
    RulesGuard guard = guard(backend, true);
    guard.start();
    try (Connects pod = pod()) {
      await("the rules are there", () -> isWhole(backend, true));
      pod.awaitMore(SOME);
      packets.reset();
      for (Runnable stranger : strangers(backend)) {
        stranger.run();
        await("the rules are there again after " + told, () -> isWhole(backend, true));
        pod.awaitMore(SOME);
      }
      for (Runnable stranger : strangersToTheLockdown()) {
        stranger.run();
        await("the lockdown is there again after " + told, () -> isWhole(backend, true));
      }
    } finally {
      guard.stop();
    }
    assertThat(packets.sinceReset()).as("packets at IMDS, %s", packets.sources()).isZero();
    // Each time it was a change that had to be written.
    assertThat(told.stream().filter("changed"::equals)).hasSizeGreaterThanOrEqualTo(9);
    assertThat(told).doesNotContain("failure");
  }

  /** So the counter is known to see them. */
  @ParameterizedTest
  @EnumSource
  void withoutTheLockdownPacketsGetThroughUntilTheRepair(Backend backend) {
    backend.require();
    RulesGuard guard = guard(backend, false);
    guard.start();
    try (Connects pod = pod()) {
      await("the rules are there", () -> isWhole(backend, false));
      pod.awaitMore(SOME);
      packets.reset();
      await(
          "a packet at IMDS",
          () -> {
            backend.iptables(node, "-F");
            await("the rules are there again after " + told, () -> isWhole(backend, false));
            return packets.sinceReset() > 0;
          });
    } finally {
      guard.stop();
    }
  }

  private RulesGuard guard(Backend backend, boolean lockdown) {
    NodePrograms programs = Backend.programs(node);
    BackendChoice choice = BackendChoice.of(backend.kind(), programs);
    List<RuleSet> sets = new ArrayList<>();
    if (lockdown) {
      sets.add(Lockdown.of(ClusterNetwork.IMDS_ADDRESS, programs, choice));
    }
    sets.add(new IptablesRedirect(RedirectRules.DEFAULT, choice));
    NodeRuleSets rules = new NodeRuleSets(sets, new RuleChanges(programs, choice));
    return new RulesGuard(rules, this::schedule, Duration.ofHours(1), executor, listener());
  }

  private Connects pod() {
    return Connects.start(
        network.node(0).addPod("pod").namespace(), ClusterNetwork.IMDS_ADDRESS, 80);
  }

  private List<Runnable> strangers(Backend backend) {
    String old = backend.save(node);
    return List.of(
        () -> backend.iptables(node, "-F"),
        () -> backend.iptables(node, "-D PREROUTING -j aad-metadata"),
        () -> backend.iptables(node, "-E aad-metadata renamed"),
        () -> backend.iptables(node, "-I PREROUTING 1 -j ACCEPT"),
        // A table from before the rules.
        () -> backend.restore(node, "*nat\nCOMMIT\n"),
        // One from another NMI's port.
        () -> backend.restore(node, old.replace(":2579", ":2580")),
        () -> node.exec("nft", "flush", "ruleset"));
  }

  /** The redirect holds meanwhile, and either layer. */
  private List<Runnable> strangersToTheLockdown() {
    return List.of(
        () -> node.ip("rule del pref 1"),
        () -> node.ip("rule del pref 2"),
        () -> node.ip("rule del pref 3"),
        () -> node.exec("nft", "delete", "table", "bridge", ForwardReject.NAME));
  }

  private boolean isWhole(Backend backend, boolean lockdown) {
    String rules = node.exec("ip", "-4", "rule") + node.exec("nft", "list", "tables");
    List<String> nat = backend.list(node);
    return (!lockdown
            || (rules.contains("iif lo goto 3 proto 169")
                && rules.contains("prohibit proto 169")
                && rules.contains("nop proto 169")
                && rules.contains("table ip " + ForwardReject.NAME)
                && rules.contains("table bridge " + ForwardReject.NAME)))
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
