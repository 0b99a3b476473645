package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.ImdsPackets;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens to NMI, the API server or the rule set, no packet of a pod reaches the metadata
 * service from the moment that the lockdown is in place. The system properties {@code
 * podidentity.chaos.steps} and {@code podidentity.chaos.seed} make a run longer or another; {@code
 * tests/e2e/chaos.sh} sets them.
 */
@EndToEnd
final class ChaosIT {

  private static final int STEPS = Integer.getInteger("podidentity.chaos.steps", 20);

  /** Whether a run that is to show violations goes on after the first. */
  private static final boolean WHOLE = System.getProperty("podidentity.chaos.steps") != null;

  private static final long SEED = Long.getLong("podidentity.chaos.seed", 1);
  private static final int PODS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<ChaosPod> asking = new ArrayList<>();

  /** The node that has no NMI; others expect it back without rules. */
  @BeforeEach
  void register(EndToEndCluster cluster) {
    cluster.kubelet().registerNode(cluster.bare().name(), cluster.bare().providerId());
  }

  @AfterEach
  void leaveTheNodeAsItWas(EndToEndCluster cluster) {
    asking.forEach(ChaosPod::close);
    nmi(cluster, "uninstall");
    cluster.api().kubectl("delete", "node", cluster.bare().name());
    cluster.mic().startAgainIfItEnded();
  }

  @Test
  void noPacketOfAPodReachesImdsWhateverHappens(EndToEndCluster cluster, Scene scene)
      throws IOException {
    try (ImdsPackets packets = new ImdsPackets(cluster.network(), cluster.bare().network());
        ChaosNode node = node(cluster, false)) {
      startPods(cluster, scene);
      Await.until("pods are seen at IMDS", LIMIT, () -> packets.sinceReset() > 100);
      // Their connections are kept from here on.
      nmi(cluster, "lockdown");
      packets.reset();

      ChaosRun run = new ChaosRun(node, asking, SEED);
      run.steps(STEPS, () -> false);
      long violations = packets.sinceReset();

      report("lockdown", run, violations);
      assertThat(violations).as("packets at IMDS, from %s", packets.sources()).isZero();
      node.heal();
      asking.forEach(pod -> pod.awaitTokens(PODS));
      assertThat(packets.sinceReset()).isZero();
    }
  }

  /** So the counter is known to see them; and an exit alone does it with v1's and not with ours. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutTheLockdownTheSameRunLetsPodsThrough(
      boolean exitsAsV1, EndToEndCluster cluster, Scene scene) throws IOException {
    try (ImdsPackets packets = new ImdsPackets(cluster.network(), cluster.bare().network());
        ChaosNode node = node(cluster, exitsAsV1, "--lockdown=false")) {
      node.heal();
      packets.reset();
      startPods(cluster, scene);
      ChaosRun run = new ChaosRun(node, asking, SEED);
      run.take(ChaosStep.TERM);
      assertThat(packets.sinceReset() > 0).as("packets at IMDS by an exit").isEqualTo(exitsAsV1);

      run.steps(STEPS, () -> !WHOLE && packets.sinceReset() > 0);
      long violations = packets.sinceReset();

      report(exitsAsV1 ? "v1's exit" : "no lockdown", run, violations);
      assertThat(violations).as("packets at IMDS").isPositive();
    }
  }

  private void startPods(EndToEndCluster cluster, Scene scene) {
    for (int number = 1; number <= PODS; number++) {
      String name = "chaos" + number;
      // Its first addresses are for tests to which Azure's view of them matters.
      String address = cluster.bare().network().podRange().replace("0/24", "" + (200 + number));
      BoundIdentity identity = scene.identity(name);
      scene.bind(identity, name);
      TestPod pod = scene.podAt(address, name, cluster.bare(), name);
      scene.awaitAssigned(pod, identity);
      ChaosPod client = ChaosPod.start(pod);
      asking.add(client);
      client.awaitRequests(1);
    }
  }

  private static ChaosNode node(EndToEndCluster cluster, boolean exitsAsV1, String... flags) {
    return new ChaosNode(
        cluster.bare().network().namespace(),
        cluster.api(),
        () -> cluster.newNmi(cluster.bare(), flags),
        exitsAsV1);
  }

  private static void nmi(EndToEndCluster cluster, String command) {
    NetworkNamespace namespace = cluster.bare().network().namespace();
    namespace
        .inside(
            Command.of(ProjectFiles.program("nmi"), command)
                .withEnvironment("JAVA_HOME", System.getProperty("java.home")))
        .output();
  }

  private void report(String title, ChaosRun run, long violations) throws IOException {
    ChaosPod.Totals totals =
        asking.stream().map(ChaosPod::totals).reduce(ChaosPod.Totals::plus).orElseThrow();
    String line =
        "%s: seed=%d steps=%d requests=%d tokens=%d refused=%d violations=%d %s%n"
            .formatted(
                title,
                SEED,
                run.taken().values().stream().mapToInt(Integer::intValue).sum(),
                totals.asked(),
                totals.tokens(),
                totals.refused(),
                violations,
                run.taken());
    System.out.print("chaos: " + line);
    Files.writeString(
        Path.of("target", "chaos.txt"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
