package io.podidentity.benchmarks;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.Subscription;
import io.podidentity.harness.net.LoadClient;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.SourcePins;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A pod that asks for the same again and again while its node has no pins, a pin for it alone, and
 * pins for 250 pods, in turns. Run in the pod's namespace; arguments: the node's namespace, its
 * range of addresses without the last number, and NMI's port. Prints what a request takes.
 */
final class PinningMain {
  private static final int ROUNDS = 15;
  private static final int WARM_UP = 3;
  private static final int KEPT = 5_000;
  private static final int NEW = 1_000;
  private static final int PODS = 250;
  private static final String IMDS = "169.254.169.254";
  private static final String HEAD = "GET / HTTP/1.1\r\nHost: " + IMDS + "\r\n";

  private final NodePrograms node;
  private final String range;
  private final int port;
  private final InetSocketAddress target;

  private PinningMain(String namespace, String range, int port) throws UnknownHostException {
    this.node = NodePrograms.HERE.withPrefix(List.of("ip", "netns", "exec", namespace));
    this.range = range;
    this.port = port;
    this.target = new InetSocketAddress(InetAddress.getByName(IMDS), 80);
  }

  public static void main(String[] arguments) throws UnknownHostException {
    new PinningMain(arguments[0], arguments[1], Integer.parseInt(arguments[2])).measure();
  }

  private void measure() {
    int[] sizes = {0, 1, PODS};
    double[][] kept = new double[sizes.length][ROUNDS];
    double[][] opened = new double[sizes.length][ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (int i = 0; i < sizes.length; i++) {
        // Each comes first as often as the others do.
        int size = Math.floorMod(i + round, sizes.length);
        double[] took = withPins(sizes[size]);
        if (round >= 0) {
          kept[size][round] = took[0];
          opened[size][round] = took[1];
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "A request with source pins, medians of %d rounds, Java %s, %d processors%n",
        ROUNDS,
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors());
    System.out.printf("  %-34s %10s %10s %10s%n", "", "no pins", "1 pin", PODS + " pins");
    print("over a connection that is kept", kept);
    print("over a new connection", opened);
  }

  private double[] withPins(int size) {
    try (SourcePins pins =
        new SourcePins(
            pods(size), node, Path.of("/nonexistent"), IMDS, port, (pod, address, packets) -> {})) {
      if (size > 0) {
        pins.ensure();
        if (pins.pinned() != size) {
          throw new IllegalStateException(pins.pinned() + " are pinned, not " + size);
        }
      }
      return new double[] {
        micros(List.of(new LoadClient.Connection(null, target, HEAD + "\r\n")), KEPT), newOnes()
      };
    }
  }

  private double newOnes() {
    LoadClient.Connection connection =
        new LoadClient.Connection(null, target, HEAD + "Connection: close\r\n\r\n");
    long begun = System.nanoTime();
    for (int i = 0; i < NEW; i++) {
      LoadClient.ask(connection);
    }
    return (System.nanoTime() - begun) / 1e3 / NEW;
  }

  private static double micros(List<LoadClient.Connection> connections, int each) {
    return LoadClient.run(connections, each).millis(0.5) * 1e3;
  }

  private SourcePins.Pods pods(int size) {
    List<Pod> all = new ArrayList<>();
    IntStream.rangeClosed(1, size).forEach(i -> all.add(pod(i)));
    return new SourcePins.Pods() {
      @Override
      public List<Pod> all() {
        return Collections.unmodifiableList(all);
      }

      @Override
      public Subscription onAnyChange(Runnable wake) {
        return () -> {};
      }
    };
  }

  private Pod pod(int i) {
    try {
      return new Pod(
          new NamespacedName("default", "p" + i),
          "uid-" + i,
          BenchNode.NAME,
          Map.of(),
          Set.of(InetAddress.getByName(range + i)),
          PodPhase.RUNNING,
          false,
          false);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void print(String what, double[][] rounds) {
    System.out.printf(
        Locale.ROOT,
        "  %-34s %7.1f us %7.1f us %7.1f us%n",
        what,
        middle(rounds[0]),
        middle(rounds[1]),
        middle(rounds[2]));
    System.out.printf(
        Locale.ROOT,
        "  %-34s %10s %10.3f %10.3f%n",
        "  ratio",
        "",
        middle(ratios(rounds[1], rounds[0])),
        middle(ratios(rounds[2], rounds[0])));
  }

  /** Of rounds that ran beside each other. */
  private static double[] ratios(double[] these, double[] those) {
    return IntStream.range(0, these.length).mapToDouble(i -> these[i] / those[i]).toArray();
  }

  private static double middle(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
