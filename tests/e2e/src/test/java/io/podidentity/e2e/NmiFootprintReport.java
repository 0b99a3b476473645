package io.podidentity.e2e;

import io.podidentity.harness.Await;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Measures NMI as it ships: how soon it is at work, how soon a waiting pod is served, and how much
 * memory it has after many requests. It fails on no figure: {@code
 * tests/benchmarks/nmi-footprint.sh} runs it and shows the goals beside. No build runs it, because
 * its name does not end in IT.
 */
@EndToEnd
final class NmiFootprintReport {

  /** The goals are stricter where the JVM has an ahead-of-time cache. */
  private static final boolean NEW_JVM = PodImage.inUse() || Runtime.version().feature() >= 25;

  private static final String GOAL_START = NEW_JVM ? "<= 0.70 s" : "<= 1.50 s";
  private static final String GOAL_MEMORY = NEW_JVM ? "<= 100.0 MiB" : "<= 140.0 MiB";

  private static final int SAMPLES = 5;
  private static final int REQUESTS = 20_000;
  private static final int CONNECTIONS = 16;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern LOAD =
      Pattern.compile("requests=(\\d+) seconds=(\\S+) p50millis=(\\S+) p99millis=(\\S+)");

  private final List<String> lines = new ArrayList<>();

  @Test
  void measure(EndToEndCluster cluster, Scene scene) throws IOException {
    TestNode node = cluster.firstInstance();
    Program nmi = cluster.nmi(node);
    TestPod pod = scene.boundPod("orders", node, scene.identity("orders"));
    lines.add(
        "NMI on %s, %d processors; medians of %d"
            .formatted(
                PodImage.inUse() ? "its image" : "Java " + System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                SAMPLES));
    line("", "here", "goal");
    if (NEW_JVM && !PodImage.inUse()) {
      train(cluster, nmi, pod);
    }

    List<Duration> starts = samples(() -> startToActive(nmi, node));
    line("start to Active", seconds(median(starts)), GOAL_START);
    line("  the fastest of them", seconds(starts.get(0)), "");
    // Both are of the last start.
    line("  CPU time until then", seconds(cpuTime(nmi.process())), "");
    line("resident when Active", mib(nmi.process().residentMib()), "");
    List<Duration> firsts = samples(() -> startToToken(nmi, pod));
    line("start to a pod's first token", seconds(median(firsts)), "");
    line("  the fastest of them", seconds(firsts.get(0)), "");
    List<Duration> waits = samples(() -> assignedToToken(cluster, scene));
    line("Assigned to the waiting pod's token", seconds(median(waits)), "");
    line("  the slowest of them", seconds(waits.get(waits.size() - 1)), "");

    startToActive(nmi, node);
    Matcher load = load(pod);
    line("resident after 20,000 tokens", mib(nmi.process().residentMib()), GOAL_MEMORY);
    double perSecond = Double.parseDouble(load.group(1)) / Double.parseDouble(load.group(2));
    line(
        "tokens a second, " + CONNECTIONS + " connections",
        String.format(Locale.ROOT, "%,.0f", perSecond),
        "");
    line("  half of them within", load.group(3) + " ms", "");
    line("  99 of 100 within", load.group(4) + " ms", "");
    String answer = pod.sh("curl -s '" + TestPod.TOKEN_URL + "' -H Metadata:true");
    lines.add("a pod's cURL: " + answer.replaceFirst("(access_token\":\".{12})[^\"]*", "$1…"));
    Files.write(Path.of("target", "nmi-footprint.txt"), lines);
  }

  /** Has the ahead-of-time cache made that an image would have. */
  private static void train(EndToEndCluster cluster, Program nmi, TestPod pod) {
    nmi.stop();
    try (Program training = cluster.nmiInTraining()) {
      training.start();
      training.awaitActive();
      load(pod);
      int status = training.stopTraining();
      if (status != 0) {
        throw new IllegalStateException(
            "no cache was made, status " + status + ":\n" + training.process().tail());
      }
    }
  }

  private static Duration startToActive(Program nmi, TestNode node) {
    nmi.stop();
    long start = System.nanoTime();
    nmi.start();
    // One shell that asks again and again: a new JVM call for each look would be slower than NMI.
    node.network()
        .namespace()
        .exec(
            "sh",
            "-c",
            "until [ \"$(curl -s http://127.0.0.1:8085/healthz)\" = Active ]; do sleep 0.01; done");
    return since(start);
  }

  private static Duration startToToken(Program nmi, TestPod pod) {
    nmi.stop();
    long start = System.nanoTime();
    nmi.start();
    // The redirect is left from the last run, so a pod is refused until NMI answers.
    pod.sh("until curl -sf '" + TestPod.TOKEN_URL + "' -H Metadata:true; do sleep 0.01; done");
    Duration time = since(start);
    nmi.awaitActive();
    return time;
  }

  private int waiting;

  private Duration assignedToToken(EndToEndCluster cluster, Scene scene) {
    String name = "waiting" + ++waiting;
    BoundIdentity identity = scene.identity(name);
    TestPod pod = scene.pod(name, cluster.firstInstance(), name);
    try (HeldRequest request = HeldRequest.start(cluster, pod)) {
      scene.bind(identity, name);
      HeldRequest.Outcome outcome = request.await(scene.recordName(pod, identity));
      TokenAnswer.of(outcome.answer());
      return outcome.assignedToAnswer();
    }
  }

  private static Matcher load(TestPod pod) {
    Command load =
        JavaProgram.of(
            TokenLoadMain.class, Integer.toString(CONNECTIONS), Integer.toString(REQUESTS));
    ManagedProcess client = pod.network().namespace().inside(load).start("load");
    Matcher matcher = LOAD.matcher(client.awaitLine(LOAD, LIMIT));
    Await.until("the load client ends", LIMIT, () -> !client.isAlive());
    if (!matcher.find()) {
      throw new IllegalStateException("the line that matched matches no more");
    }
    return matcher;
  }

  private static Duration cpuTime(ManagedProcess process) {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().totalCpuDuration())
        .orElseThrow();
  }

  private static Duration median(List<Duration> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  private static List<Duration> samples(Supplier<Duration> sample) {
    List<Duration> all = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      all.add(sample.get());
    }
    Collections.sort(all);
    return all;
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private void line(String what, String here, String goal) {
    lines.add("  %-38s %12s %12s".formatted(what, here, goal).stripTrailing());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
  }

  private static String mib(double mib) {
    return String.format(Locale.ROOT, "%.1f MiB", mib);
  }
}
