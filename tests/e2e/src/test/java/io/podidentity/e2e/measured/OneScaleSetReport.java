package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Forty pods, each with an identity of its own, on one scale set. */
@Measured
final class OneScaleSetReport {
  private static final int PODS = 40;
  private static final Duration PATCH = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void measure() {
    try (MeasuredCluster cluster = new MeasuredCluster()) {
      cluster.arm().writes(WriteBehaviour.synchronous(PATCH));
      String node = cluster.scaleSet("pool", 1).get(0);
      List<Pod> first = pods(cluster, node, "first");
      List<Pod> second = pods(cluster, node, "second");
      cluster.warmUp();
      MeasuredMic mic = cluster.startMic("mic-0");
      mic.awaitActive();

      Figures figures =
          new Figures("1-one-scale-set", "40 pods and identities, one scale set, 2 s for a PATCH");
      figures.note(Training.note());
      measure(cluster, mic, first, figures, "MIC has just started");
      Duration warm = measure(cluster, mic, second, figures, "40 others after that");
      mic.close();
      figures.floor(warm, floor(cluster, node));
      figures.save();
    }
  }

  private static List<Pod> pods(MeasuredCluster cluster, String node, String prefix) {
    List<Pod> pods = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      String name = prefix + "-" + i;
      cluster.boundIdentity(name);
      pods.add(ClusterObjects.pod(name, node, name));
    }
    return pods;
  }

  /** Without MIC, on the cluster as it is then. */
  private static Duration floor(MeasuredCluster cluster, String node) {
    List<Pod> pods =
        IntStream.range(0, PODS)
            .mapToObj(i -> ClusterObjects.pod("bare-" + i, node, "first-" + i))
            .toList();
    try (BareClient bare = new BareClient(cluster.administrator())) {
      return bare.assign(pods, cluster.records().all(), PATCH);
    }
  }

  private static Duration measure(
      MeasuredCluster cluster, MeasuredMic mic, List<Pod> pods, Figures figures, String which) {
    int before = cluster.patches();
    Duration busy = mic.cpuTime();
    long start = System.nanoTime();
    cluster.administrator().create(pods);
    long created = System.nanoTime();
    long end = cluster.records().awaitAssigned(pods, LIMIT);
    Stages stages =
        new Stages(
            start, created, cluster.records().lastWritten(pods), cluster.lastPatch(), PATCH, end);
    figures.note(which);
    figures.line(
        "first pod created to all Assigned", Figures.seconds(stages.whole()), "4.6 s", "<= 3.5 s");
    figures.line("  CPU time of MIC", Figures.seconds(mic.cpuTime().minus(busy)), "", "");
    figures.line("  PATCHes", Figures.number(cluster.patches() - before), "2", "<= 2");
    stages.note(figures);
    return stages.whole();
  }
}
