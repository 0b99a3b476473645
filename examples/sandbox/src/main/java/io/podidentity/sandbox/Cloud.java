package io.podidentity.sandbox;

import io.podidentity.sandbox.Cast.NodeRole;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.Compute;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.SimulatedAzure;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The simulated Azure of the story: a virtual machine, a scale set, and MIC's service principal.
 */
final class Cloud implements AutoCloseable {
  private static final String MIC_CLIENT_ID = "33333333-0000-4000-8000-00000000abcd";

  /** As slow as an assignment in Azure is not, but slow enough to be seen. */
  private static final Duration ASSIGNMENT = Duration.ofSeconds(1);

  private final SimulatedAzure azure;
  private final Deque<AutoCloseable> metadataServices = new ArrayDeque<>();

  private Cloud(SimulatedAzure azure) {
    this.azure = azure;
  }

  /**
   * Starts it.
   *
   * @param folder where the files go by which MIC finds it
   */
  static Cloud start(Path folder) throws IOException {
    SimulatedAzure azure = SimulatedAzure.start();
    Cast.IDENTITIES.forEach(azure.azure()::putIdentity);
    Cast.NODES.forEach(node -> azure.azure().putCompute(Compute.create(node.computeId())));
    azure.arm().writes(WriteBehaviour.asyncOperation(ASSIGNMENT));
    AzureState mic =
        new AzureState(
            List.of(),
            List.of(),
            List.of(),
            List.of(new AzureState.Application(MIC_CLIENT_ID, null, "sandbox-secret", null)),
            new AzureState.Cluster(Cast.SUBSCRIPTION, Cast.GROUP, "vmss", null));
    azure.load(mic);
    azure.writeFiles(folder, mic);
    return new Cloud(azure);
  }

  /** The file that tells MIC who it is, in that folder. */
  static Path azureJson(Path folder) {
    return folder.resolve("azure-service-principal-" + MIC_CLIENT_ID + ".json");
  }

  /** Starts the metadata service of a node's machine. */
  URI startMetadataService(NodeRole node) {
    FakeImds imds =
        FakeImds.startFor(
            azure.azure(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            node.computeId());
    metadataServices.push(imds);
    return imds.uri();
  }

  /** Which identities are on a node's virtual machine or scale set, by name. */
  List<String> identitiesOn(NodeRole node) {
    return azure.azure().compute(node.computeId()).orElseThrow().identity().user().stream()
        .map(UserAssignedIdentity::id)
        .map(id -> id.name())
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    while (!metadataServices.isEmpty()) {
      try {
        metadataServices.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("stop a metadata service", e);
      }
    }
    azure.close();
  }
}
