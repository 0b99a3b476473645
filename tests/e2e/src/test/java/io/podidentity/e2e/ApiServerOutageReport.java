package io.podidentity.e2e;

import io.podidentity.e2e.measured.Figures;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.PodNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Measures how soon a new pod has a token after the API server was away. It fails on no figure:
 * {@code tests/benchmarks/mic.sh} runs it and shows the goal beside. No build runs it, because its
 * name does not end in IT.
 */
@EndToEnd
final class ApiServerOutageReport {
  private static final int SAMPLES = 3;
  private static final Duration AWAY = Duration.ofSeconds(20);

  @Test
  void measure(EndToEndCluster cluster, Scene scene) {
    List<Duration> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      samples.add(sample(cluster, scene, "pod-" + i));
    }
    List<Duration> sorted = samples.stream().sorted().toList();
    Figures figures = new Figures("5-api-server-away", "the API server is away for 20 s");
    figures.note("from its /readyz on; a pod is created then, and asks until it has a token;");
    figures.note("its identity is new on its machine; medians of " + SAMPLES);
    figures.line(
        "back to the new pod's token",
        Figures.seconds(sorted.get(SAMPLES / 2)),
        "12 to 21 s",
        "<= 3.0 s");
    figures.line("  the slowest", Figures.seconds(sorted.get(SAMPLES - 1)), "", "");
    figures.save();
  }

  private static Duration sample(EndToEndCluster cluster, Scene scene, String name) {
    BoundIdentity identity = scene.identity(name);
    scene.bind(identity, name);
    try (PodNetwork network = cluster.vm().network().addPod(name)) {
      TestNode node = cluster.vm();
      RunningPod object =
          new RunningPod(
              scene.namespace(),
              name,
              node.name(),
              network.address(),
              Map.of("aadpodidbinding", name));
      TestPod pod = new TestPod(object, network, node);
      cluster.api().stopServer();
      long end = System.nanoTime() + AWAY.toNanos();
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      if (!cluster.mic().process().isAlive()) {
        // As a kubelet would have by now.
        cluster.mic().start();
      }
      cluster.api().startServer();
      long back = System.nanoTime();
      cluster.kubelet().run(object);
      pod.sh("until curl -sf '" + TestPod.TOKEN_URL + "' -H Metadata:true; do sleep 0.05; done");
      Duration time = Duration.ofNanos(System.nanoTime() - back);
      cluster.mic().startAgainIfItEnded();
      cluster.kubelet().remove(object);
      return time;
    }
  }
}
