package io.podidentity.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.harness.Await;
import io.podidentity.harness.Folders;
import io.podidentity.harness.kube.EnvtestBinaries;
import io.podidentity.harness.kube.HelmBinary;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.kube.KubeletStandIn;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.process.Command;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.FakeAzure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A cluster of one node for the release {@value #RELEASE} in {@value #NAMESPACE}: a real API server
 * with its controllers, Helm, simulated Azure, and {@link PodRunner}, which plays scheduler and
 * kubelet and runs the programs as the chart says. Pods that ask for tokens are in {@value #SHOP}.
 */
final class ReleaseWorld implements AutoCloseable {

  static final String RELEASE = "aad-pod-identity";
  static final String NAMESPACE = "identity";
  static final String SHOP = "shop";

  private static final Duration SETTLED = Duration.ofSeconds(60);
  private static final Duration HELM = Duration.ofMinutes(5);

  private final Path home = Folders.temporary("helm");
  private final ClusterNetwork network;
  private final SimulatedAzureProcess azure;
  private final KubeApiServer api;
  private final KubeletStandIn kubelet;
  private final TestNode node;
  private final PodRunner runner;
  private final Map<String, SortedSet<AuditedRights>> rights = new ConcurrentHashMap<>();

  private ReleaseWorld(EnvtestBinaries binaries) {
    network = ClusterNetwork.create(1);
    try {
      NodeNetwork only = network.node(0);
      node = TestNode.virtualMachine("vm", only);
      azure = SimulatedAzureProcess.start(network.azure(), azureOf(node));
      api = KubeApiServer.startIn(network.control(), ClusterNetwork.CONTROL_ADDRESS, binaries);
      api.startControllers();
      api.apply(ProjectFiles.yaml("deploy/crds"));
      api.createNamespace(NAMESPACE);
      api.createNamespace(SHOP);
      kubelet = new KubeletStandIn(api);
      kubelet.registerNode(node.name(), node.providerId());
      kubelet.reportReady(node.name());
      runner = new PodRunner(api, NAMESPACE, node, this::noteRights);
      azure.awaitReady();
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  static ReleaseWorld start(EnvtestBinaries binaries) {
    return new ReleaseWorld(binaries);
  }

  private static AzureState azureOf(TestNode node) {
    String id = node.computeId();
    return new AzureState(
        List.of(),
        List.of(
            new AzureState.ComputeResource(
                id, null, null, new AzureState.SystemIdentity(null, null), List.of())),
        List.of(new AzureState.Node(node.name(), id, List.of(node.network().address()))),
        List.of(),
        new AzureState.Cluster(
            AzureNames.SUBSCRIPTION, AzureNames.RESOURCE_GROUP, "standard", null));
  }

  /** Runs Helm as an administrator. */
  String helm(String... words) {
    List<String> all = new ArrayList<>(List.of(HelmBinary.find().program().toString()));
    all.addAll(List.of(words));
    all.addAll(List.of("--namespace", NAMESPACE, "--kubeconfig", api.adminKubeconfig().toString()));
    return network
        .control()
        .inside(
            Command.of(all)
                .withEnvironment("HOME", home.toString())
                .withEnvironment("NO_PROXY", "*")
                .withTimeout(HELM))
        .output();
  }

  /**
   * Values for this cloud.
   *
   * @param more of them, as YAML
   * @param startupTaint may be empty
   */
  Path values(String more, String startupTaint) {
    String certificates = "[{name: SSL_CERT_FILE, value: " + azure.file("ca.pem") + "}]";
    try {
      return Files.writeString(
          home.resolve("values.yaml"),
          """
          image: {repository: registry.example/pod-identity}
          mic:
            cloudConfig: %1$s
            customCloud: {enabled: true, configPath: %2$s}
            detachDelay: 0s
            extraEnv: %3$s
            startupTaint: "%5$s"
          nmi:
            cloud: AzureStackCloud
            extraEnv: %3$s
          %4$s
          """
              .formatted(
                  azure.file("azure.json"),
                  azure.file("azure-environment.json"),
                  certificates,
                  more,
                  startupTaint));
    } catch (IOException e) {
      throw new UncheckedIOException("writing values", e);
    }
  }

  /** Each workload with its UID and its selector: another UID is another object. */
  String workloads() {
    return api.kubectl(
        "get",
        "deployments,daemonsets",
        "-n",
        NAMESPACE,
        "-o",
        "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.spec.selector}{\"\\n\"}{end}");
  }

  /**
   * Waits until all pods are there and ready, and from that registry. Helm waits for those of a
   * DaemonSet only as far as its update strategy demands.
   *
   * @param count two of MIC and one of NMI; in managed mode one of NMI alone
   */
  void awaitPods(String registry, int count) {
    Await.until(
        "all pods are of " + registry + " and ready",
        SETTLED,
        () -> {
          List<Pod> pods = new PodStatus(api).pods(NAMESPACE);
          return pods.size() == count && pods.stream().allMatch(pod -> isReady(pod, registry));
        });
  }

  private static boolean isReady(Pod pod, String registry) {
    return PodStatus.isReady(pod)
        && pod.getSpec().getContainers().get(0).getImage().startsWith(registry);
  }

  /** Waits until the node does not have the taint any more. */
  void awaitNoTaint(String key) {
    Await.until(
        "no taint " + key,
        SETTLED,
        () ->
            !api.kubectl("get", "node", node.name(), "-o", "jsonpath={.spec.taints[*].key}")
                .contains(key));
  }

  /** A new identity, bound to pods with its name as label. */
  BoundIdentity bind(String name) {
    BoundIdentity identity = azure.createIdentity(name);
    bindBySpec(name, SceneYaml.spec(identity));
    return identity;
  }

  void bindBySpec(String name, String spec) {
    api.apply(SceneYaml.identity(SHOP, name, "{}", spec) + SceneYaml.binding(SHOP, name, name));
  }

  /**
   * A new service principal, with its password in a Secret.
   *
   * @return its client ID
   */
  String servicePrincipal(String secret) {
    String clientId = UUID.randomUUID().toString();
    azure.putApplication(
        new AzureState.Application(clientId, FakeAzure.DEFAULT_TENANT, "s3cret", null));
    api.apply(
        SceneYaml.plainSecret(SHOP, secret, Map.of("clientSecret", "s3cret".getBytes(UTF_8))));
    return clientId;
  }

  void bindServicePrincipal(String name, String tenant, String clientId, String secret) {
    bindBySpec(
        name,
        "{type: 1, tenantID: %s, clientID: %s, clientPassword: {name: %s, namespace: %s}}"
            .formatted(tenant, clientId, secret, SHOP));
  }

  /** A pod that runs, with that label. */
  TestPod pod(String name, String selector) {
    var place = node.network().addPod(name);
    RunningPod object =
        new RunningPod(
            SHOP, name, node.name(), place.address(), Map.of("aadpodidbinding", selector));
    kubelet.run(object);
    return new TestPod(object, place, node);
  }

  void remove(TestPod pod) {
    kubelet.remove(pod.object());
    pod.network().close();
  }

  /** The state of the pod's record; empty if there is none. */
  String recordState(TestPod pod, String identity) {
    return api.kubectl(
        "get",
        "azureassignedidentity",
        "%s-%s-%s".formatted(pod.name(), SHOP, identity),
        "-n",
        "default",
        "--ignore-not-found",
        "-o",
        "jsonpath={.status.status}");
  }

  void awaitRecord(TestPod pod, String identity, String state) {
    Await.until(
        "record of %s is '%s'".formatted(pod.name(), state),
        SETTLED,
        () -> recordState(pod, identity).equals(state));
  }

  /** Waits until the audit log has that of the release's service account. */
  void awaitAudited(String account, String verb, String resource) {
    Await.until(
        "%s of %s by %s".formatted(verb, resource, account),
        SETTLED,
        () ->
            AuditedRights.events(api.audit().events(), NAMESPACE, account).stream()
                .anyMatch(
                    event ->
                        event.path("verb").asString("").equals(verb)
                            && event
                                .path("objectRef")
                                .path("resource")
                                .asString("")
                                .equals(resource)));
  }

  /** The rights that a program's account had when its pod was started; the last time counts. */
  SortedSet<AuditedRights> rightsOf(String account) {
    return rights.getOrDefault(account, new TreeSet<>());
  }

  private void noteRights(Pod pod) {
    String account = pod.getSpec().getServiceAccountName();
    if (!pod.getSpec().getContainers().get(0).getImage().contains("mcr.microsoft.com")) {
      rights.put(account, AuditedRights.of(api, NAMESPACE, account));
    }
  }

  SimulatedAzureProcess azure() {
    return azure;
  }

  KubeApiServer api() {
    return api;
  }

  TestNode node() {
    return node;
  }

  PodRunner runner() {
    return runner;
  }

  @Override
  public void close() {
    runner.close();
    azure.process().kill();
    api.close();
    network.close();
    Folders.delete(home);
  }
}
