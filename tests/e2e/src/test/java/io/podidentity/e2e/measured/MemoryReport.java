package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** MIC's memory in a large cluster. */
@Measured
final class MemoryReport {
  private static final int PODS = 20_000;
  private static final int NODES = 200;
  private static final int APPLICATIONS = 100;

  /** Each pod of theirs is three writes, and all would be ten minutes of them. */
  private static final int BOUND_APPLICATIONS = 25;

  private static final Duration LIMIT = Duration.ofMinutes(8);

  @Test
  void measure() {
    try (MeasuredCluster cluster = new MeasuredCluster()) {
      List<String> nodes =
          IntStream.range(0, NODES).mapToObj(i -> cluster.virtualMachine("node" + i)).toList();
      List<Pod> pods = new ArrayList<>();
      for (int i = 0; i < PODS; i++) {
        pods.add(RealisticPod.of("app-" + i % APPLICATIONS, i, nodes.get(i % NODES)));
      }
      cluster.administrator().create(pods);
      int size = jsonSize(cluster, pods.get(0));

      // The second plan writes 10,000 times.
      MeasuredMic mic = cluster.startMic("mic-0", "-clientQps=0");
      mic.awaitActive();
      double synced = plan(cluster, mic, nodes.get(0), "first");
      Figures figures =
          new Figures("7-memory", "%,d labelled pods of %,d bytes".formatted(PODS, size));
      figures.note("resident memory (VmRSS) of MIC by its start script, after a plan");
      figures.line("all known, one of them bound", Figures.mib(synced), "", "<= 256.0 MiB");
      // The rest may take too long for a machine that is busy.
      figures.save();
      IntStream.range(0, BOUND_APPLICATIONS).forEach(i -> cluster.boundIdentity("app-" + i));
      List<Pod> bound =
          IntStream.range(0, PODS)
              .filter(i -> i % APPLICATIONS < BOUND_APPLICATIONS)
              .mapToObj(pods::get)
              .toList();
      cluster.records().awaitAssigned(bound, LIMIT);
      double recorded = plan(cluster, mic, nodes.get(0), "second");

      figures.line(
          "%,d bound, with a record of each".formatted(bound.size()),
          Figures.mib(recorded),
          "",
          "");
      figures.save();
    }
  }

  /** What it has after it planned and carried out one more change. */
  private static double plan(MeasuredCluster cluster, MeasuredMic mic, String node, String name) {
    cluster.boundIdentity(name);
    Pod pod = ClusterObjects.pod(name, node, name);
    cluster.administrator().create(pod);
    cluster.records().awaitAssigned(List.of(pod), LIMIT);
    return mic.process().residentMib();
  }

  private static int jsonSize(MeasuredCluster cluster, Pod pod) {
    String path = "/api/v1/namespaces/default/pods/" + pod.getMetadata().getName();
    return cluster.administrator().client().raw(path).getBytes(StandardCharsets.UTF_8).length;
  }
}
