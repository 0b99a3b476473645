package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.podidentity.harness.Folders;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.kube.KubeletStandIn;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.Compute;
import io.podidentity.testkit.azure.SimulatedAzure;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A real API server and a simulated Azure on the loopback interface: one virtual machine that had
 * the identity {@code before} already, and a selector that binds pods to that one and to {@code
 * own}.
 */
final class KillWorld implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(8);

  private static final String NAMESPACE = "kill";
  private static final String NODE = "vm";
  private static final String CLIENT = "aaaaaaaa-0000-4000-8000-000000000001";
  private static final String MACHINE = AzureNames.virtualMachine(NODE);
  private static final AzureState STATE =
      new AzureState(
          List.of(),
          List.of(new AzureState.ComputeResource(MACHINE, null, null, null, List.of())),
          List.of(),
          List.of(new AzureState.Application(CLIENT, null, "secret-of-the-cluster", null)),
          new AzureState.Cluster(
              AzureNames.SUBSCRIPTION, AzureNames.RESOURCE_GROUP, "standard", null));

  private final Path folder = Folders.temporary("kill");
  private final SimulatedAzure azure = SimulatedAzure.start();
  private final KubeApiServer api = KubeApiServer.start();
  private final KubeletStandIn kubelet = new KubeletStandIn(api);
  private final KubernetesClient admin =
      new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(api.adminKubeconfig().toFile()))
          .build();

  KillWorld() throws IOException {
    azure.load(STATE);
    azure.writeFiles(folder, STATE);
    for (String manifests : List.of("deploy/crds", "deploy/rbac")) {
      api.apply(ProjectFiles.yaml(manifests));
    }
    api.createNamespace(NAMESPACE);
    kubelet.registerNode(NODE, "azure://" + MACHINE);
    azure.azure().attach(MACHINE, bind("before"));
    bind("own");
  }

  private UserAssignedIdentity bind(String name) {
    UserAssignedIdentity made = azure.azure().createIdentity(AzureNames.identity(name));
    BoundIdentity identity = new BoundIdentity(name, AzureNames.identity(name), made.clientId());
    api.apply(
        SceneYaml.identity(NAMESPACE, name, "{}", SceneYaml.spec(identity))
            + SceneYaml.binding(NAMESPACE, name, "app"));
    return made;
  }

  URI apiUri() {
    return URI.create(api.url());
  }

  URI armUri() {
    return azure.armUri();
  }

  Path caPem() {
    return folder.resolve("ca.pem");
  }

  Path azureJson() {
    return folder.resolve("azure-service-principal-" + CLIENT + ".json");
  }

  /** The custom cloud's file, with another way to Resource Manager. */
  String environment(String arm) {
    try {
      String file = Files.readString(folder.resolve("azure-environment.json"));
      return file.replaceFirst(
          "(\"resourceManagerEndpoint\"\\s*:\\s*)\"[^\"]*\"", "$1\"" + arm + "/\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** MIC's account, by another way to the API server. */
  String kubeconfig(String server) {
    String token =
        api.kubectl("create", "token", "aad-pod-id-mic-service-account", "-n", "default").strip();
    return """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s"}}]
        users: [{name: u, user: {token: "%s"}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
        .formatted(server, token);
  }

  SSLContext serverContext() {
    return azure.certificates().serverContext(List.of("127.0.0.1"));
  }

  /** Both servers are on this machine. */
  SSLContext trustsAll() {
    TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {all}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  RunningPod run(String name) {
    RunningPod pod =
        new RunningPod(NAMESPACE, name, NODE, "10.0.0.9", Map.of("aadpodidbinding", "app"));
    kubelet.run(pod);
    return pod;
  }

  void remove(RunningPod pod) {
    kubelet.remove(pod);
  }

  /** Who holds the lease; empty if nobody does. */
  String leader() {
    return admin
        .leases()
        .inNamespace("default")
        .withName("aad-pod-identity-mic")
        .get()
        .getSpec()
        .getHolderIdentity();
  }

  /** All records and what the machine has, without what differs from pod to pod. */
  String state() {
    String records =
        admin
            .genericKubernetesResources("aadpodidentity.k8s.io/v1", "AzureAssignedIdentity")
            .inAnyNamespace()
            .list()
            .getItems()
            .stream()
            .map(KillWorld::line)
            .sorted()
            .collect(Collectors.joining("\n"));
    Compute machine = azure.azure().compute(MACHINE).orElseThrow();
    String identities =
        machine.identity().user().stream()
            .map(one -> one.id().name())
            .sorted()
            .collect(Collectors.joining(","));
    return records + "\nmachine: " + machine.identity().type() + " " + identities;
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
    admin.close();
    api.close();
    azure.close();
    Folders.delete(folder);
  }
}
