package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.podidentity.testkit.azure.ArmError;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One virtual machine that had the identity {@code before} already, and three pods that come and go
 * together: {@code own} is bound to each, {@code before} and {@code second} to the first alone. So
 * of three records about one identity one is written before it is attached and two beside that, and
 * one change attaches two identities.
 */
final class KillWorld implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(8);

  /** How many records the pods have. */
  static final int RECORDS = 5;

  private static final String NAMESPACE = "kill";
  private static final String NODE = "vm";
  private static final String FIRST = "first";
  private static final String OTHER = "other";

  /** How Azure makes a change. */
  enum Writes {
    /** Done when it is answered. */
    AT_ONCE,
    /** Accepted, and done a moment later. */
    SOON,
    /** Accepted, and still under way when another MIC leads, if this one is killed meanwhile. */
    LATE,
    /**
     * As {@link #SOON}, but the first change fails in the end, by no fault of what it asked for.
     */
    FAILING_FIRST
  }

  private final MicWorld mic = new MicWorld();
  private final String machine;

  KillWorld() {
    mic.api().createNamespace(NAMESPACE);
    machine = mic.virtualMachine(NODE);
    mic.azure().attach(machine, mic.bind(NAMESPACE, "before", FIRST));
    mic.bind(NAMESPACE, "second", FIRST);
    mic.bind(NAMESPACE, "own", FIRST);
    mic.api()
        .apply(
            """
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentityBinding
            metadata: {name: own-of-others, namespace: %s}
            spec: {azureIdentity: own, selector: %s}
            """
                .formatted(NAMESPACE, OTHER));
  }

  /** What MIC talks to. */
  MicWorld mic() {
    return mic;
  }

  /** From now on. */
  void write(Writes how) {
    mic.arm()
        .writes(
            machine,
            switch (how) {
              case AT_ONCE -> WriteBehaviour.synchronous(Duration.ZERO);
              case SOON, FAILING_FIRST -> WriteBehaviour.asyncOperation(Duration.ofMillis(500));
              case LATE -> WriteBehaviour.asyncOperation(LEASE.plusSeconds(4));
            });
    if (how == Writes.FAILING_FIRST) {
      mic.arm()
          .failNextWrites(machine, 1, ArmError.of(500, "InternalExecutionError", "It failed."));
    }
  }

  /** Three pods at once, of other names each time: events about the same pod would be joined. */
  void run(int number) {
    mic.api()
        .apply(
            pod("one-" + number, FIRST)
                + pod("two-" + number, OTHER)
                + pod("three-" + number, OTHER));
  }

  private static String pod(String name, String selector) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: %s, labels: {aadpodidbinding: %s}}
    spec: {nodeName: %s, containers: [{name: main, image: main}]}
    ---
    """
        .formatted(name, NAMESPACE, selector, NODE);
  }

  /** All pods at once, for good. */
  void removePods() {
    mic.api().kubectl("delete", "pods", "--all", "-n", NAMESPACE, "--grace-period=0", "--force");
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

  /** The records and their versions: whatever is written to one changes this. */
  List<String> versions() {
    return mic.records().stream().map(KillWorld::version).sorted().toList();
  }

  private static String version(GenericKubernetesResource record) {
    return record.getMetadata().getName() + " " + record.getMetadata().getResourceVersion();
  }

  /** How many records say {@code Assigned}. */
  long assigned() {
    return mic.states().stream().filter("Assigned"::equals).count();
  }

  private static String line(GenericKubernetesResource record) {
    Map<String, String> annotations = record.getMetadata().getAnnotations();
    return "record: pod=%s identity=%s state=%s added=%s deleted=%s finalizers=%s"
        .formatted(
            record.<String>get("spec", "pod").replaceAll("-\\d+$", ""),
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
