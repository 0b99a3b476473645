package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Prints the images' sizes, how soon their programs are at work and what memory they have then, and
 * writes it to {@code target/image-figures.txt}; {@code tests/benchmarks/images.sh} runs it. It
 * fails on the size, which is the same on every machine, and where NMI's memory or its fastest
 * start are far from the goal, which is no matter of a busy machine.
 */
@EndToEnd
final class ImageFiguresReport {

  private static final int SAMPLES = 5;
  private static final long GOAL_BYTES = 140_000_000;
  private static final double MAX_RESIDENT_MIB = 110;
  private static final Duration MAX_FASTEST_START = Duration.ofSeconds(3);
  private static final List<String> LOCKDOWN = List.of("/opt/podidentity/nmi/bin/nmi", "lockdown");

  private final List<String> lines = new ArrayList<>();

  @Test
  void measure(EndToEndCluster cluster) throws IOException {
    assumeThat(PodImage.inUse()).as("programs are those of images").isTrue();
    line("", "here", "goal");
    PodImage image = PodImage.of("nmi");
    line("NMI: size", megabytes(image), "<= 140 MB");
    TestNode node = cluster.firstInstance();
    Program nmi = cluster.nmi(node);
    List<Duration> starts = start(nmi, node.network().namespace(), 8085);
    line("  start to ready", median(starts), "<= 0.70 s");
    line("  of which the container", inContainer(image, List.of("/bin/sh", "-c", ":")), "");
    double resident = nmi.process().residentMib();
    line("  resident then", mib(resident), "<= 100 MiB");
    line("  nmi lockdown", inContainer(image, LOCKDOWN), "<= 0.30 s");
    line("MIC: size", megabytes(PodImage.of("mic")), "");
    line("  start to leading", median(start(cluster.mic(), cluster.network().control(), 8080)), "");
    line("  resident then", mib(cluster.mic().process().residentMib()), "");
    lines.forEach(System.out::println);
    Files.write(Path.of("target", "image-figures.txt"), lines);
    assertThat(image.size()).as("the size of NMI's image").isLessThanOrEqualTo(GOAL_BYTES);
    assertThat(resident).as("resident MiB of NMI").isLessThanOrEqualTo(MAX_RESIDENT_MIB);
    assertThat(starts.get(0)).as("NMI's fastest start").isLessThanOrEqualTo(MAX_FASTEST_START);
  }

  private static List<Duration> start(Program program, NetworkNamespace namespace, int probePort) {
    return samples(
        () -> {
          program.stop();
          long start = System.nanoTime();
          program.start();
          // One shell that asks again and again: a new JVM call for each look would be slower.
          namespace.exec(
              "sh",
              "-c",
              "until [ \"$(curl -s http://127.0.0.1:%d/healthz)\" = Active ]; do sleep 0.01; done"
                  .formatted(probePort));
          return Duration.ofNanos(System.nanoTime() - start);
        });
  }

  /** How long that takes, with the making of the container that it runs in. */
  private static String inContainer(PodImage image, List<String> command) {
    Command all = image.run(ChartSecurity.nmi(), command, Map.of(), List.of());
    try (NetworkNamespace node = NetworkNamespace.create("container")) {
      return median(
          samples(
              () -> {
                long start = System.nanoTime();
                node.inside(all).output();
                return Duration.ofNanos(System.nanoTime() - start);
              }));
    }
  }

  /** The fastest first. */
  private static List<Duration> samples(Supplier<Duration> sample) {
    List<Duration> all = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      all.add(sample.get());
    }
    Collections.sort(all);
    return all;
  }

  private static String median(List<Duration> all) {
    return String.format(
        Locale.ROOT,
        "%.2f s (fastest %.2f s)",
        all.get(SAMPLES / 2).toMillis() / 1000.0,
        all.get(0).toMillis() / 1000.0);
  }

  private static String megabytes(PodImage image) {
    return String.format(Locale.ROOT, "%.1f MB", image.size() / 1e6);
  }

  private static String mib(double mib) {
    return String.format(Locale.ROOT, "%.1f MiB", mib);
  }

  private void line(String what, String here, String goal) {
    lines.add("  %-22s %24s %12s".formatted(what, here, goal).stripTrailing());
  }
}
