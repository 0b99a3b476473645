package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.testkit.http.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much later a pod on one scale set is served because another scale set hangs. */
@Measured
final class HangingScaleSetReport {
  private static final int SAMPLES = 5;
  private static final Duration HANG = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private int pods;

  @Test
  void measure() {
    try (MeasuredCluster cluster = new MeasuredCluster()) {
      String hanging = cluster.scaleSet("hanging", 1).get(0);
      String other = cluster.scaleSet("other", 1).get(0);
      cluster.startMic("mic-0").awaitActive();

      samples(cluster, hanging, other, 1); // Of a JVM that has just started.
      List<Duration> without = samples(cluster, hanging, other, SAMPLES);
      int before = cluster.patches();
      cluster.arm().faults().always(Fault.slow(HANG).on("PATCH", "/hanging"));
      create(cluster, hanging);
      cluster.arm().requests().await(before + 1, MeasuredCluster::isPatch, LIMIT);
      List<Duration> with = samples(cluster, hanging, other, SAMPLES);

      Duration later = median(with).minus(median(without));
      Figures figures = new Figures("3-hanging-scale-set", "one scale set hangs for 60 s");
      figures.note("a pod with a new identity on another one, each time; medians of 5");
      figures.line("pod created to Assigned, without the hang", of(median(without)), "", "");
      figures.line("  the slowest", of(without.get(SAMPLES - 1)), "", "");
      figures.line("the same with the hang", of(median(with)), "", "");
      figures.line("  the slowest", of(with.get(SAMPLES - 1)), "", "");
      figures.line("later by", of(later), "59 s", "<= 1.0 s");
      figures.save();
    }
  }

  private List<Duration> samples(MeasuredCluster cluster, String hanging, String other, int count) {
    List<Duration> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      create(cluster, hanging);
      long start = System.nanoTime();
      Pod pod = create(cluster, other);
      long end = cluster.records().awaitAssigned(List.of(pod), LIMIT);
      samples.add(Duration.ofNanos(end - start));
    }
    return samples.stream().sorted().toList();
  }

  private Pod create(MeasuredCluster cluster, String node) {
    String name = "pod-" + ++pods;
    cluster.boundIdentity(name);
    Pod pod = ClusterObjects.pod(name, node, name);
    cluster.administrator().create(pod);
    return pod;
  }

  private static Duration median(List<Duration> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  private static String of(Duration time) {
    return Figures.seconds(time);
  }
}
