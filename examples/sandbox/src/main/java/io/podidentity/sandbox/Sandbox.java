package io.podidentity.sandbox;

import io.podidentity.bin.Parts;
import io.podidentity.sandbox.Cast.NodeRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sandbox itself: builds the stage, runs the story, and takes everything down again. */
final class Sandbox implements AutoCloseable {
  private static final List<String> DEFINITIONS =
      List.of(
          "crds/azureidentities.yaml",
          "crds/azureidentitybindings.yaml",
          "crds/azureassignedidentities.yaml",
          "crds/azurepodidentityexceptions.yaml");

  private final Parts parts = new Parts();
  private final Narrator narrator;
  private final Clock clock;

  Sandbox(Narrator narrator, Clock clock) {
    this.narrator = narrator;
    this.clock = clock;
  }

  /**
   * Starts everything.
   *
   * @param givenKubeconfig null for the embedded Kubernetes API
   * @param programs what is to run as a process of its own
   * @throws SandboxException if something is in the way
   */
  Story start(@Nullable Path givenKubeconfig, SandboxOptions.Programs programs) {
    checkPorts();
    checkPodAddresses();
    try {
      Path folder = temporaryFolder();
      Path kubeconfig =
          givenKubeconfig == null ? startKubernetes(folder) : readable(givenKubeconfig);
      SandboxCluster cluster = parts.add(SandboxCluster.open(kubeconfig));
      if (givenKubeconfig != null) {
        cluster.requireEmpty();
        cluster.applyDefinitions(DEFINITIONS);
        cluster.createServiceAccount();
      }
      Cloud cloud = parts.add(Cloud.start(folder));
      narrator.step("simulated Azure is up: IMDS, Entra ID, Resource Manager");
      Cast.NODES.forEach(cluster::createNode);
      Stage stage = parts.add(new Stage(kubeconfig, programs, clock));
      Path environment = folder.resolve("azure-environment.json");
      Path caBundle = folder.resolve("ca.pem");
      stage.startMic(Cloud.azureJson(folder), environment, caBundle);
      narrator.step("MIC is up");
      for (NodeRole node : Cast.NODES) {
        stage.startNmi(node, cloud.startMetadataService(node), environment, caBundle);
        narrator.step("NMI of %s is up on 127.0.0.1:%d".formatted(node.name(), node.nmiPort()));
      }
      return new Story(narrator, cluster, cloud);
    } catch (IOException e) {
      throw new SandboxException("cannot write temporary files: " + e.getMessage(), e);
    }
  }

  private Path startKubernetes(Path folder) throws IOException {
    EmbeddedKubernetes kubernetes = parts.add(EmbeddedKubernetes.start());
    Path kubeconfig = folder.resolve("kubeconfig");
    kubernetes.writeKubeconfig(kubeconfig);
    narrator.step("embedded Kubernetes API is up");
    return kubeconfig;
  }

  private Path temporaryFolder() throws IOException {
    Path folder = Files.createTempDirectory("podidentity-sandbox");
    parts.add(() -> delete(folder));
    return folder;
  }

  private static Path readable(Path kubeconfig) {
    if (!Files.isReadable(kubeconfig) || Files.isDirectory(kubeconfig)) {
      throw new SandboxException("cannot read the kubeconfig " + kubeconfig);
    }
    return kubeconfig;
  }

  private static void checkPorts() {
    Cast.NODES.stream()
        .flatMap(node -> Stream.of(node.nmiPort(), node.probePort()))
        .forEach(Sandbox::checkPort);
  }

  private static void checkPort(int port) {
    try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
      free.setReuseAddress(true);
    } catch (IOException e) {
      throw new SandboxException(
          "port %d is in use; end what listens there (ss -ltnp 'sport = :%d' shows it)"
              .formatted(port, port),
          e);
    }
  }

  private static void checkPodAddresses() {
    for (Cast.PodRole pod : Cast.PODS) {
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getAllByName(pod.address())[0])) {
        any.setReuseAddress(true);
      } catch (IOException e) {
        throw new SandboxException(
            ("the address %s cannot be used; Linux has all of 127.0.0.0/8 on its loopback interface,"
                    + " elsewhere add it (macOS: sudo ifconfig lo0 alias %s)")
                .formatted(pod.address(), pod.address()),
            e);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> content = Files.walk(folder)) {
      content
          .sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
