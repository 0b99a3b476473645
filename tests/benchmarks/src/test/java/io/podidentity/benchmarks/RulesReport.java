package io.podidentity.benchmarks;

import io.podidentity.harness.kube.UnreachableCluster;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Connects;
import io.podidentity.harness.net.ImdsPackets;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.nmi.NmiMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how long {@code nmi lockdown} takes, and for how long a pod is not redirected when a
 * stranger damages the rules, as its packets see it. It fails on no figure: {@code
 * tests/benchmarks/nmi-rules.sh} runs it and shows the goals beside. No build runs it, because its
 * name does not end in Test.
 */
final class RulesReport {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int SAMPLES = 21;
  private static final int ROUNDS = 7;

  /** Connections that come about when the rules are back, and until all is quiet again. */
  private static final int SOME = 40;

  private static final String LOCKDOWN =
      Path.of("../../bin-nmi/src/dist/bin/nmi-lockdown").toAbsolutePath().normalize().toString();

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  @Test
  void measure() throws IOException {
    lines.add("the rules of a node; medians and the slowest, in ms");
    lockdown();
    repairs("nft");
    repairs("legacy");
    Files.write(Path.of("target", "nmi-rules.txt"), lines);
  }

  private void lockdown() {
    try (NetworkNamespace node = NetworkNamespace.create("lockdown")) {
      line(
          "nmi lockdown",
          samples(
              SAMPLES,
              () -> {
                long begun = System.nanoTime();
                node.exec(LOCKDOWN);
                long took = System.nanoTime() - begun;
                node.exec("nft", "delete", "table", "ip", "podidentity-lockdown");
                node.ip("rule del pref 1", "rule del pref 2");
                return took;
              }),
          "goal: 300");
    }
  }

  private void repairs(String backend) throws IOException {
    try (ClusterNetwork network = ClusterNetwork.create(1)) {
      NodeNetwork node = network.node(0);
      try (ManagedProcess nmi = nmi(node, backend);
          Connects pod =
              Connects.start(node.addPod("pod").namespace(), ClusterNetwork.IMDS_ADDRESS, 80)) {
        nmi.awaitLine(Pattern.compile("rules are in place"), LIMIT);
        pod.awaitMore(SOME);
        ImdsPackets packets = new ImdsPackets(network, node);
        lines.add("without redirect, as a pod sees it, back-end " + backend);
        for (Map.Entry<String, List<String>> change : changes(backend).entrySet()) {
          line(
              "  after " + change.getKey(),
              samples(ROUNDS, () -> gap(pod, node, change.getValue())),
              "");
        }
        lines.add(
            "  packets of it at IMDS meanwhile: %d   goal: 0".formatted(packets.sinceReset()));
      }
    }
  }

  private static Map<String, List<String>> changes(String backend) {
    String iptables = "iptables-" + backend;
    Map<String, List<String>> changes = new LinkedHashMap<>();
    changes.put("nothing", List.of("true"));
    changes.put(
        "the jump is deleted",
        List.of(iptables, "-w", "-t", "nat", "-D", "PREROUTING", "-j", "aad-metadata"));
    changes.put("the chain is emptied", List.of(iptables, "-w", "-t", "nat", "-F", "aad-metadata"));
    changes.put("nat is flushed", List.of(iptables, "-w", "-t", "nat", "-F"));
    if (backend.equals("nft")) {
      changes.put("nft flush ruleset", List.of("nft", "flush", "ruleset"));
    }
    return changes;
  }

  private static long gap(Connects pod, NodeNetwork node, List<String> change) {
    long begun = System.nanoTime();
    node.namespace().exec(change.toArray(String[]::new));
    pod.awaitMore(SOME);
    long gap = pod.longestGapAfter(begun).toNanos();
    pod.awaitMore(SOME);
    return gap;
  }

  private ManagedProcess nmi(NodeNetwork node, String backend) throws IOException {
    Command nmi =
        JavaProgram.of(
            NmiMain.class,
            "--node=node0",
            "--kubeconfig=" + UnreachableCluster.kubeconfig(folder),
            "--iptables-backend=" + backend,
            "--http-probe-port=0",
            "--prometheus-port=0");
    return node.namespace().inside(nmi).start("nmi-" + backend);
  }

  private static double[] samples(int count, LongSupplier nanos) {
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      millis[i] = nanos.getAsLong() / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  private void line(String what, double[] sorted, String goal) {
    lines.add(
        String.format(
                Locale.ROOT,
                "%-40s %8.0f %8.0f   %s",
                what,
                sorted[sorted.length / 2],
                sorted[sorted.length - 1],
                goal)
            .stripTrailing());
  }
}
