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
import io.podidentity.testkit.azure.FakeArm;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.SimulatedAzure;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * All that MIC talks to, on the loopback interface: a real API server with the project's
 * definitions and roles, and a simulated Azure.
 */
final class MicWorld implements AutoCloseable {
  private static final String CLIENT = "aaaaaaaa-0000-4000-8000-000000000001";
  private static final AzureState STATE =
      new AzureState(
          List.of(),
          List.of(),
          List.of(),
          List.of(new AzureState.Application(CLIENT, null, "secret-of-the-cluster", null)),
          new AzureState.Cluster(
              AzureNames.SUBSCRIPTION, AzureNames.RESOURCE_GROUP, "standard", null));

  private final Path folder = Folders.temporary("mic-world");
  private final SimulatedAzure azure = SimulatedAzure.start();
  private final KubeApiServer api = KubeApiServer.start();
  private final KubeletStandIn kubelet = new KubeletStandIn(api);
  private final KubernetesClient admin =
      new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(api.adminKubeconfig().toFile()))
          .build();

  MicWorld() {
    azure.load(STATE);
    try {
      azure.writeFiles(folder, STATE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String manifests : List.of("deploy/crds", "deploy/rbac")) {
      api.apply(ProjectFiles.yaml(manifests));
    }
  }

  FakeAzure azure() {
    return azure.azure();
  }

  FakeArm arm() {
    return azure.arm();
  }

  KubeApiServer api() {
    return api;
  }

  KubernetesClient admin() {
    return admin;
  }

  /** A virtual machine that is a node of the same name; gives its resource ID. */
  String virtualMachine(String name) {
    String id = AzureNames.virtualMachine(name);
    azure().createCompute(id);
    node(name, id);
    return id;
  }

  void node(String name, String resourceId) {
    kubelet.registerNode(name, "azure://" + resourceId);
  }

  /** A new identity, its {@code AzureIdentity}, and a binding of it to pods with that label. */
  UserAssignedIdentity bind(String namespace, String name, String selector) {
    return bind(namespace, name, "{}", selector);
  }

  /** The same, for pods of that namespace alone; so its records are there too. */
  UserAssignedIdentity bindNamespaced(String namespace, String name, String selector) {
    return bind(namespace, name, "{aadpodidentity.k8s.io/Behavior: namespaced}", selector);
  }

  private UserAssignedIdentity bind(
      String namespace, String name, String annotations, String selector) {
    UserAssignedIdentity made = azure().createIdentity(AzureNames.identity(name));
    BoundIdentity identity = new BoundIdentity(name, AzureNames.identity(name), made.clientId());
    api.apply(
        SceneYaml.identity(namespace, name, annotations, SceneYaml.spec(identity))
            + SceneYaml.binding(namespace, name, selector));
    return made;
  }

  RunningPod run(String namespace, String name, String node, String selector) {
    RunningPod pod =
        new RunningPod(namespace, name, node, "10.0.0.9", Map.of("aadpodidbinding", selector));
    kubelet.run(pod);
    return pod;
  }

  void remove(RunningPod pod) {
    kubelet.remove(pod);
  }

  List<GenericKubernetesResource> records() {
    return admin
        .genericKubernetesResources("aadpodidentity.k8s.io/v1", "AzureAssignedIdentity")
        .inAnyNamespace()
        .list()
        .getItems();
  }

  /** All records' states, in order. */
  List<String> states() {
    return records().stream()
        .map(record -> String.valueOf(record.<Object>get("status", "status")))
        .sorted()
        .toList();
  }

  /** The names of the identities on a machine or scale set, in order. */
  List<String> identitiesOn(String resourceId) {
    return azure().compute(resourceId).orElseThrow().identity().user().stream()
        .map(one -> one.id().name())
        .sorted()
        .collect(Collectors.toList());
  }

  /** How many changes of a machine or scale set were sent to Azure so far. */
  long patches(String resourceId) {
    return azure.arm().requests().all().stream()
        .filter(request -> request.method().equals("PATCH"))
        .filter(request -> AzureNames.same(request.path(), resourceId))
        .count();
  }

  /** Who holds the lease; empty or null if nobody does. */
  String leader() {
    return admin
        .leases()
        .inNamespace("default")
        .withName("aad-pod-identity-mic")
        .get()
        .getSpec()
        .getHolderIdentity();
  }

  URI apiUri() {
    return URI.create(api.url());
  }

  URI armUri() {
    return azure.armUri();
  }

  /** The custom cloud's file. */
  Path environmentFile() {
    return folder.resolve("azure-environment.json");
  }

  Path caPem() {
    return folder.resolve("ca.pem");
  }

  Path azureJson() {
    return folder.resolve("azure-service-principal-" + CLIENT + ".json");
  }

  /** Makes it the cluster's own identity in that file. */
  void writeUserAssignedIdentity(String clientId) {
    try {
      String file = Files.readString(azureJson());
      Files.writeString(
          azureJson(),
          file.replaceFirst("\\{", "{\"userAssignedIdentityID\": \"" + clientId + "\", "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The custom cloud's file, with another way to Resource Manager. */
  String environment(String arm) {
    try {
      String file = Files.readString(environmentFile());
      return file.replaceFirst(
          "(\"resourceManagerEndpoint\"\\s*:\\s*)\"[^\"]*\"", "$1\"" + arm + "/\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** MIC's account, by another way to the API server. */
  String kubeconfig(String server) {
    return kubeconfig(server, "aad-pod-id-mic-service-account");
  }

  /** An account of the namespace {@code default}, by another way to the API server. */
  String kubeconfig(String server, String account) {
    String token = api.kubectl("create", "token", account, "-n", "default").strip();
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
  static SSLContext trustsAll() {
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

  @Override
  public void close() {
    admin.close();
    api.close();
    azure.close();
    Folders.delete(folder);
  }
}
