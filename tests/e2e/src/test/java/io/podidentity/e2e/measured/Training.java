package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.e2e.ProjectFiles;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Makes, where the JVM can have one, the cache of MIC's start that its image has. */
final class Training {
  private static final int FIRST_JAVA = 25;
  private static final int PODS = 20;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static boolean done;

  private Training() {}

  /** Which Java MIC runs on, and whether its start is cached, as a note on figures. */
  static String note() {
    return "MIC on Java "
        + System.getProperty("java.version")
        + (isPossible() ? ", with a cache of its start, as in its image" : "");
  }

  /** At the first call alone. */
  static synchronized void once() {
    if (!done && isPossible()) {
      done = true;
      train();
    }
  }

  private static boolean isPossible() {
    return Runtime.version().feature() >= FIRST_JAVA;
  }

  private static void train() {
    try (MeasuredCluster cluster = new MeasuredCluster()) {
      String node = cluster.virtualMachine("training");
      cluster.boundIdentity("training");
      MeasuredMic mic = cluster.start(ProjectFiles.program("mic") + "-train", "training");
      mic.awaitActive();
      List<Pod> pods =
          IntStream.range(0, PODS)
              .mapToObj(i -> ClusterObjects.pod("training-" + i, node, "training"))
              .toList();
      cluster.administrator().create(pods);
      cluster.records().awaitAssigned(pods, LIMIT);
      int status = mic.process().stop(LIMIT);
      if (status != 0) {
        throw new IllegalStateException(
            "no cache was made, status " + status + ":\n" + mic.process().tail());
      }
    }
  }
}
