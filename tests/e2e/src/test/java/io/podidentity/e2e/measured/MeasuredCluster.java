package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.e2e.AzureNames;
import io.podidentity.e2e.ProjectFiles;
import io.podidentity.harness.Folders;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.FakeArm;
import io.podidentity.testkit.azure.SimulatedAzure;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a MIC needs, running: a real API server with the project's definitions and roles, and a
 * simulated Azure. Each measurement has one of its own.
 */
final class MeasuredCluster implements AutoCloseable {
  private static final String MIC_ACCOUNT = "aad-pod-id-mic-service-account";
  private static final int WARM_UP = 200;
  private static final String MIC_CLIENT_ID = "33333333-0000-4000-8000-00000000abcd";

  private final Path folder = Folders.temporary("measured");
  private final KubeApiServer api;
  private final SimulatedAzure azure;
  private final Administrator administrator;
  private final Records records;
  private final Path micKubeconfig;
  private final Deque<MeasuredMic> mics = new ArrayDeque<>();

  MeasuredCluster() {
    azure = SimulatedAzure.start();
    AzureState mic =
        new AzureState(
            List.of(),
            List.of(),
            List.of(),
            List.of(new AzureState.Application(MIC_CLIENT_ID, null, "measured-secret", null)),
            new AzureState.Cluster(
                AzureNames.SUBSCRIPTION, AzureNames.RESOURCE_GROUP, "vmss", null));
    azure.load(mic);
    try {
      azure.writeFiles(folder, mic);
    } catch (IOException e) {
      throw new UncheckedIOException("writing the simulated Azure's files", e);
    }
    api = KubeApiServer.start();
    for (String manifests : List.of("deploy/crds", "deploy/rbac")) {
      api.apply(ProjectFiles.yaml(manifests));
    }
    micKubeconfig = api.kubeconfigFor("default", MIC_ACCOUNT);
    administrator = new Administrator(api.adminKubeconfig());
    records = new Records(administrator.client());
  }

  FakeArm arm() {
    return azure.arm();
  }

  Administrator administrator() {
    return administrator;
  }

  Records records() {
    return records;
  }

  /**
   * Starts a MIC with more flags, and does not wait for it. On Java 25 and newer it has the cache
   * of its start that its image has.
   */
  MeasuredMic startMic(String instance, String... flags) {
    Training.once();
    return start(ProjectFiles.program("mic"), instance, flags);
  }

  /** Starts one by a script of the distribution. */
  MeasuredMic start(String script, String instance, String... flags) {
    MeasuredMic mic =
        MeasuredMic.start(
            script,
            instance,
            micKubeconfig,
            folder,
            folder.resolve("azure-service-principal-" + MIC_CLIENT_ID + ".json"),
            List.of(flags));
    mics.push(mic);
    return mic;
  }

  /**
   * Creates and deletes some pods, so that what is measured later is not how the measuring begins.
   * To be called before there is a MIC.
   */
  void warmUp() {
    List<Pod> pods =
        IntStream.range(0, WARM_UP)
            .mapToObj(i -> ClusterObjects.pod("warm-up-" + i, "no-node", "no-identity"))
            .toList();
    administrator.create(pods);
    administrator.delete(pods);
  }

  /** A virtual machine that is a node of the same name. */
  String virtualMachine(String name) {
    String id = AzureNames.virtualMachine(name);
    azure.azure().createCompute(id);
    administrator.createNode(name, id);
    return name;
  }

  /**
   * A scale set.
   *
   * @return the names of the nodes that are its instances
   */
  List<String> scaleSet(String name, int instances) {
    String id = AzureNames.scaleSet(name);
    azure.azure().createCompute(id);
    List<String> nodes =
        IntStream.range(0, instances).mapToObj(i -> "%s%06d".formatted(name, i)).toList();
    for (int i = 0; i < instances; i++) {
      administrator.createNode(nodes.get(i), id + "/virtualMachines/" + i);
    }
    return nodes;
  }

  /** A user-assigned identity, and an {@code AzureIdentity} and a binding of its name. */
  UserAssignedIdentity boundIdentity(String name) {
    UserAssignedIdentity identity = azure.azure().createIdentity(AzureNames.identity(name));
    administrator.bind(identity);
    return identity;
  }

  /** How many PATCHes were sent to Azure so far. */
  int patches() {
    return azure.arm().requests().matching(MeasuredCluster::isPatch).size();
  }

  /** When the last PATCH came to Azure, as {@link System#nanoTime()} has it. */
  long lastPatch() {
    Duration ago =
        azure.arm().requests().matching(MeasuredCluster::isPatch).stream()
            .map(RecordedRequest::at)
            .max(Comparator.naturalOrder())
            .map(at -> Duration.between(at, Instant.now()))
            .orElseThrow();
    return System.nanoTime() - ago.toNanos();
  }

  static boolean isPatch(RecordedRequest request) {
    return request.method().equals("PATCH");
  }

  @Override
  public void close() {
    mics.forEach(MeasuredMic::close);
    records.close();
    administrator.close();
    api.close();
    azure.close();
    Folders.delete(folder);
  }
}
