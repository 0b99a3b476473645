package io.podidentity.benchmarks;

import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.model.ClusterSnapshot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Measures a plan after one change, at three sizes. By the time that its thread had the processor,
 * so that other work of the machine does not count. It fails on no figure: {@code
 * tests/benchmarks/planner.sh} runs it and shows the goal beside. No build runs it, because its
 * name does not end in Test.
 */
final class PlannerReport {
  private static final int WARM_UP = 20;
  private static final int ROUNDS = 41;
  private static final int LARGEST = 100_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Test
  void measure() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "a plan after one change, CPU time of its thread: median, fastest and slowest of %d"
            .formatted(ROUNDS));
    for (int pods : new int[] {LARGEST / 4, LARGEST / 2, LARGEST}) {
      lines.add(measure(pods) + (pods == LARGEST ? "   goal: 150 ms" : ""));
    }
    Files.write(Path.of("target", "planner.txt"), lines);
  }

  private static String measure(int pods) {
    PlannedCluster cluster = new PlannedCluster(pods);
    AssignmentPlanner planner = new AssignmentPlanner(new PlannerOptions(false, Set.of()));
    double[] millis = new double[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      ClusterSnapshot changed = cluster.withOneMorePod(round);
      long begun = THREADS.getCurrentThreadCpuTime();
      AssignmentPlan plan = planner.plan(changed);
      long took = THREADS.getCurrentThreadCpuTime() - begun;
      if (plan.targets().size() != 1 || plan.targets().get(0).creates().size() != 1) {
        throw new IllegalStateException("not the plan of one change: " + plan);
      }
      if (round >= 0) {
        millis[round] = took / 1e6;
      }
    }
    Arrays.sort(millis);
    return String.format(
        Locale.ROOT,
        "  %,8d pods, %,6d bindings and identities %9.1f ms %9.1f %9.1f",
        pods,
        cluster.identities(),
        millis[ROUNDS / 2],
        millis[0],
        millis[ROUNDS - 1]);
  }
}
