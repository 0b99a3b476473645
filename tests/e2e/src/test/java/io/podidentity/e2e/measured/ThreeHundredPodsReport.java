package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three hundred pods that come together and go together. */
@Measured
final class ThreeHundredPodsReport {
  private static final int PODS = 300;
  private static final int IDENTITIES = 10;
  private static final Duration PATCH = Duration.ofSeconds(1);
  private static final Duration DELAY = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void measure() {
    try (MeasuredCluster cluster = new MeasuredCluster()) {
      cluster.arm().writes(WriteBehaviour.synchronous(PATCH));
      List<String> nodes = new ArrayList<>(cluster.scaleSet("pool", 2));
      nodes.add(cluster.virtualMachine("first"));
      nodes.add(cluster.virtualMachine("second"));
      for (int i = 0; i < IDENTITIES; i++) {
        cluster.boundIdentity("identity-" + i);
      }
      List<Pod> pods = new ArrayList<>();
      for (int i = 0; i < PODS; i++) {
        String node = nodes.get(i % nodes.size());
        pods.add(ClusterObjects.pod("pod-" + i, node, "identity-" + i % IDENTITIES));
      }
      cluster.warmUp();
      MeasuredMic mic = cluster.startMic("mic-0", "-detach-delay=" + DELAY.toSeconds() + "s");
      mic.awaitActive();
      Duration idle = mic.cpuTime();

      long start = System.nanoTime();
      cluster.administrator().create(pods);
      long created = System.nanoTime();
      long assigned = cluster.records().awaitAssigned(pods, LIMIT);
      int attaching = cluster.patches();
      Duration busy = mic.cpuTime().minus(idle);
      Stages stages =
          new Stages(
              start,
              created,
              cluster.records().lastWritten(pods),
              cluster.lastPatch(),
              PATCH,
              assigned);
      List<GenericKubernetesResource> written = cluster.records().all();
      long begun = System.nanoTime();
      cluster.administrator().delete(pods);
      long deleted = System.nanoTime();
      cluster.records().awaitNone(LIMIT);
      long removed = System.nanoTime();
      mic.close();

      Figures figures =
          new Figures("2-three-hundred-pods", "300 pods, 10 identities, 4 nodes, 1 s for a PATCH");
      figures.note("a scale set of two nodes, and two virtual machines; --detach-delay=5s");
      figures.note("to create and delete the pods takes time too, which v1's figures may include");
      figures.line("first pod created to all Assigned", span(start, assigned), "12.8 s", "");
      figures.line("last pod created to all Assigned", span(created, assigned), "", "<= 4.0 s");
      figures.line("  CPU time of MIC", Figures.seconds(busy), "", "");
      stages.note(figures);
      figures.line("first pod deleted to no record", span(begun, removed), "18.0 s", "");
      figures.line("last pod deleted to no record", span(deleted, removed), "", "<= 9.0 s");
      figures.line("PATCHes in all", Figures.number(cluster.patches()), "7", "<= 7");
      figures.line("  of them for the assignment", Figures.number(attaching), "", "");
      try (BareClient bare = new BareClient(cluster.administrator())) {
        figures.floor(stages.whole(), bare.assign(pods, written, PATCH));
        figures.note("and those of the removal, the detach delay added");
        figures.floor(Duration.ofNanos(removed - begun), bare.remove(pods, PATCH.plus(DELAY)));
      }
      figures.save();
    }
  }

  private static String span(long from, long to) {
    return Figures.seconds(Duration.ofNanos(to - from));
  }
}
