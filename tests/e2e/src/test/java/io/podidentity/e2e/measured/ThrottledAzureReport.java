package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.testkit.azure.ArmLimits;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Five thousand pods on three hundred virtual machines and scale sets of an Azure that keeps its
 * limits. Most come in {@value #ROUNDS} rounds over all targets but a few; meanwhile each of the
 * few has one pod after the other. Each round brings a new identity, and begins when the one before
 * is assigned, so that each needs one PATCH of each of its targets.
 */
@Measured
final class ThrottledAzureReport {
  private static final int TARGETS = 295;
  private static final int ROUNDS = 3;
  private static final int PODS = 4_910;
  private static final int BUSY_TARGETS = 5;
  private static final int BUSY_ROUNDS = 18;
  private static final Duration PATCH = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMinutes(15);

  private final AtomicLong end = new AtomicLong();

  @Test
  void measure() {
    try (MeasuredCluster cluster = new MeasuredCluster()) {
      cluster.arm().writes(WriteBehaviour.synchronous(PATCH));
      cluster.arm().limits(ArmLimits.DOCUMENTED);
      List<String> targets = nodes(cluster, "target", TARGETS);
      List<String> busy = nodes(cluster, "busy", BUSY_TARGETS);
      IntStream.range(0, ROUNDS).forEach(i -> cluster.boundIdentity("round-" + i));
      IntStream.range(0, BUSY_ROUNDS).forEach(i -> cluster.boundIdentity("busy-" + i));
      cluster.startMic("mic-0").awaitActive();

      long start = System.nanoTime();
      CompletableFuture<Void> rounds =
          CompletableFuture.runAsync(
              () -> run(cluster, targets, "round", ROUNDS, PODS / ROUNDS + 1, PODS),
              task -> new Thread(task, "rounds").start());
      run(cluster, busy, "busy", BUSY_ROUNDS, BUSY_TARGETS, BUSY_ROUNDS * BUSY_TARGETS);
      rounds.join();
      report(cluster, (end.get() - start) / 1e9);
    }
  }

  /** Every other one is a scale set. */
  private static List<String> nodes(MeasuredCluster cluster, String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                i % 2 == 0
                    ? cluster.virtualMachine(prefix + i)
                    : cluster.scaleSet(prefix + i, 1).get(0))
        .toList();
  }

  private void run(
      MeasuredCluster cluster,
      List<String> nodes,
      String name,
      int rounds,
      int podsOfRound,
      int most) {
    int made = 0;
    for (int round = 0; round < rounds; round++) {
      String identity = name + "-" + round;
      List<Pod> pods = new ArrayList<>();
      for (int i = 0; i < podsOfRound && made < most; i++, made++) {
        pods.add(ClusterObjects.pod(name + "-pod-" + made, nodes.get(i % nodes.size()), identity));
      }
      cluster.administrator().create(pods);
      long assigned = cluster.records().awaitAssigned(pods, LIMIT);
      end.accumulateAndGet(assigned, Math::max);
    }
  }

  private static void report(MeasuredCluster cluster, double seconds) {
    ArmLimits.Bucket ofTarget = ArmLimits.DOCUMENTED.resourceWrites();
    ArmLimits.Bucket ofCaller = ArmLimits.DOCUMENTED.principalWrites();
    int needed = TARGETS * ROUNDS + BUSY_TARGETS * BUSY_ROUNDS;
    double target = (BUSY_ROUNDS - ofTarget.size()) / ofTarget.perSecond();
    double caller = (needed - ofCaller.size()) / ofCaller.perSecond();
    double least = Math.max(target, caller);
    Figures figures =
        new Figures(
            "6-throttled-azure", "5,000 pods, 300 targets, Azure with its documented limits");
    figures.note(
        "the least possible time is the longer one of (PATCHes - burst) / refill of a target, here");
    figures.note(
        "(%d - %d) / %.3f, and of MIC in its subscription, here (%d - %d) / %.0f; 1 s for a PATCH"
            .formatted(
                BUSY_ROUNDS,
                ofTarget.size(),
                ofTarget.perSecond(),
                needed,
                ofCaller.size(),
                ofCaller.perSecond()));
    figures.line("least possible", seconds(least), "", "");
    figures.line("first pod created to all Assigned", seconds(seconds), "", seconds(1.2 * least));
    figures.line("  ratio", String.format(Locale.ROOT, "%.2f", seconds / least), "", "<= 1.20");
    figures.line(
        "PATCHes and looks that were refused by 429",
        Figures.number(cluster.arm().refusedByLimits()),
        "",
        "no storm");
    figures.line(
        "PATCHes sent; %d are needed".formatted(needed), Figures.number(cluster.patches()), "", "");
    figures.line(
        "requests to Azure in all", Figures.number(cluster.arm().requests().total()), "", "");
    figures.save();
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
