package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code nmi explain}, away from the node, says what is wrong. All faults are seeded together; then
 * MIC is stopped, so that it corrects none of the records.
 */
@EndToEnd
final class FaultsIT {
  private static final Duration SETTLED = Duration.ofSeconds(60);

  /** Of MIC as explanations shall see it; it leads for a while. */
  private static final String LEASES =
      """
      apiVersion: coordination.k8s.io/v1
      kind: Lease
      metadata: {name: of-the-faults, namespace: default}
      spec: {holderIdentity: mic-0, leaseDurationSeconds: 3600, renewTime: '%s.000000Z'}
      ---
      apiVersion: coordination.k8s.io/v1
      kind: Lease
      metadata: {name: of-nobody, namespace: default}
      spec: {leaseDurationSeconds: 15}
      """;

  /** As the kubelet registers it where a cloud-controller-manager runs. */
  private static final String NEW_NODE =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: new-node}
      spec:
        taints:
          - {key: node.cloudprovider.kubernetes.io/uninitialized, value: "true", effect: NoSchedule}
      """;

  /** NMI's, where the chart is installed in kube-system; MIC's lease is in another namespace. */
  private static final List<String> AS_THE_CHART_HAS_IT =
      List.of("--MICNamespace=kube-system", "--mic-service-account=aad-pod-identity-mic");

  private static final Map<Fault, FaultSeed> SEEDS = new EnumMap<>(Fault.class);
  private static final List<SimulatedAzureProcess.Fault> AZURE = new ArrayList<>();

  @BeforeAll
  static void seed(EndToEndCluster cluster, Scene scene) {
    for (Fault fault : Fault.values()) {
      SEEDS.put(fault, fault.in(scene.namespace(), SEEDS.size() + 1));
    }
    FaultSeed any = SEEDS.get(Fault.NO_BINDING);
    cluster.api().createNamespace(any.other);
    cluster.kubelet().registerNode("foreign-node", "aws:///zone/machine");
    cluster.api().apply(NEW_NODE);
    for (String machine :
        List.of("no-such-machine", "throttled-machine", "away-machine", "forbidden-machine")) {
      cluster.kubelet().registerNode(machine, "azure://" + AzureNames.virtualMachine(machine));
    }
    AZURE.add(answers(cluster, "throttled-machine", 429));
    AZURE.add(answers(cluster, "away-machine", 503));
    AZURE.add(answers(cluster, "forbidden-machine", 403));
    cluster.api().apply(all(FaultSeed::objects));
    cluster
        .api()
        .kubectlWithInput(
            all(FaultSeed::statuses),
            "apply",
            "--server-side",
            "--force-conflicts",
            "--subresource=status",
            "-f",
            "-");
    Await.until("MIC has said what it finds", SETTLED, () -> micHasSaidAll(cluster, any.namespace));
    cluster.mic().stop();
    cluster
        .api()
        .apply(
            LEASES.formatted(
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ""))
                + "---\n"
                + all(FaultSeed::later));
    FaultSeed deleted = SEEDS.get(Fault.BEING_DELETED);
    cluster
        .api()
        .kubectl(
            "delete",
            "azureassignedidentity",
            "%s-%s-%s".formatted(deleted.podName(), deleted.namespace, deleted.name),
            "-n",
            "default",
            "--wait=false");
    FaultSeed leaving = SEEDS.get(Fault.POD_THAT_LEAVES);
    cluster
        .api()
        .kubectl("delete", "pod", leaving.podName(), "-n", leaving.namespace, "--wait=false");
  }

  @AfterAll
  static void startMicAgain(EndToEndCluster cluster) {
    AZURE.forEach(SimulatedAzureProcess.Fault::close);
    String other = SEEDS.get(Fault.NO_BINDING).other;
    cluster
        .api()
        .kubectl(
            "delete",
            "azureidentitybindings,azureidentities,azurepodidentityexceptions,pods",
            "--all",
            "-n",
            other,
            "--grace-period=0",
            "--force",
            "--wait=false");
    cluster
        .api()
        .kubectl(
            "delete",
            "node",
            "foreign-node",
            "new-node",
            "no-such-machine",
            "throttled-machine",
            "away-machine",
            "forbidden-machine");
    cluster.mic().startAgainIfItEnded();
  }

  @ParameterizedTest
  @EnumSource
  void explainNamesTheFault(Fault fault, EndToEndCluster cluster) {
    FaultSeed seed = SEEDS.get(fault);
    List<String> words = new ArrayList<>(List.of(podOf(fault, seed), "--output=json"));
    words.addAll(AS_THE_CHART_HAS_IT);
    words.addAll(seed.flags);
    if (seed.flags.stream().noneMatch(flag -> flag.startsWith("--leader-election"))) {
      words.add("--leader-election-name=of-the-faults");
    }

    Explained explained = cluster.explain(words.toArray(String[]::new));

    assertThat(explained.isWell()).as("%s", explained.json()).isEqualTo(fault.harmless);
    assertThat(explained.exitCode()).isEqualTo(fault.harmless ? 0 : 1);
    if (fault.harmless) {
      assertThat(explained.codes("warning")).as("%s", explained.json()).contains(fault.code);
    } else {
      assertThat(explained.cause()).as("%s", explained.json()).isEqualTo(fault.code);
    }
  }

  private static String podOf(Fault fault, FaultSeed seed) {
    return fault == Fault.EMPTY_SELECTOR ? seed.other + "/" + seed.name : seed.pod();
  }

  private static SimulatedAzureProcess.Fault answers(
      EndToEndCluster cluster, String machine, int status) {
    return cluster.azure().fault("arm", Map.of("status", status, "pathContains", "/" + machine));
  }

  private static boolean micHasSaidAll(EndToEndCluster cluster, String namespace) {
    String said =
        cluster
            .api()
            .kubectl(
                "get",
                "events",
                "-n",
                namespace,
                "-o",
                "jsonpath={range .items[*]}{.metadata.annotations.podidentity\\.io/pod}="
                    + "{.metadata.annotations.podidentity\\.io/cause} {end}");
    return SEEDS.entrySet().stream()
        .filter(entry -> entry.getKey().isMics())
        .allMatch(entry -> said.contains(entry.getValue().pod() + "=" + entry.getKey().code + " "));
  }

  private static String all(Function<FaultSeed, String> part) {
    return SEEDS.values().stream().map(part).collect(Collectors.joining());
  }
}
