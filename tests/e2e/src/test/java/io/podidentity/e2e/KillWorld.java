package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.podidentity.harness.kube.RunningPod;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One virtual machine that had the identity {@code before} already, and a selector that binds pods
 * to that one and to {@code own}.
 */
final class KillWorld implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(8);

  private static final String NAMESPACE = "kill";
  private static final String NODE = "vm";

  private final MicWorld mic = new MicWorld();
  private final String machine;

  KillWorld() {
    mic.api().createNamespace(NAMESPACE);
    machine = mic.virtualMachine(NODE);
    mic.azure().attach(machine, mic.bind(NAMESPACE, "before", "app"));
    mic.bind(NAMESPACE, "own", "app");
  }

  /** What MIC talks to. */
  MicWorld mic() {
    return mic;
  }

  RunningPod run(String name) {
    return mic.run(NAMESPACE, name, NODE, "app");
  }

  void remove(RunningPod pod) {
    mic.remove(pod);
  }

  /** How many changes of the machine were sent to Azure so far. */
  long patches() {
    return mic.patches(machine);
  }

  String leader() {
    return mic.leader();
  }

  /** All records and what the machine has, without what differs from pod to pod. */
  String state() {
    String records =
        mic.records().stream().map(KillWorld::line).sorted().collect(Collectors.joining("\n"));
    return records
        + "\nmachine: "
        + mic.azure().compute(machine).orElseThrow().identity().type()
        + " "
        + String.join(",", mic.identitiesOn(machine));
  }

  private static String line(GenericKubernetesResource record) {
    Map<String, String> annotations = record.getMetadata().getAnnotations();
    return "record: identity=%s state=%s added=%s deleted=%s finalizers=%s"
        .formatted(
            record.<Object>get("spec", "azureIdentityRef", "metadata", "name"),
            record.<Object>get("status", "status"),
            annotations == null ? "" : annotations.get("podidentity.io/added"),
            record.getMetadata().getDeletionTimestamp() != null,
            record.getMetadata().getFinalizers());
  }

  @Override
  public void close() {
    mic.close();
  }
}
