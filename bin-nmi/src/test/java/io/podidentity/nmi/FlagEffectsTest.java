package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.bin.ProgramVersion;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.kube.KubeletStandIn;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What flags and the environment make of an NMI that is put together as the program does it, over a
 * real API server and with the rights that ship: each is asked the same without the flag and with
 * it. Flags that have tests of this kind elsewhere are not here.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class FlagEffectsTest {
  private static final String NODE = "flags-node";
  private static final String NAMESPACE = "flags";
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

  /** Nobody listens there: no secret goes anywhere. */
  private static final String ENTRA = "https://127.0.0.1:1";

  private static final KubeApiServer API = KubeApiServer.shared();
  private static final FakeAzure AZURE = new FakeAzure(Clock.systemUTC());
  private static final AtomicInteger PODS = new AtomicInteger();

  private static FakeImds imds;

  @BeforeAll
  static void installWhatShips() {
    for (String name :
        List.of(
            "azureidentities",
            "azureidentitybindings",
            "azureassignedidentities",
            "azurepodidentityexceptions")) {
      API.apply(DEPLOY.resolve("crds").resolve(name + ".yaml"));
    }
    API.apply(DEPLOY.resolve("rbac").resolve("nmi.yaml"));
    API.apply(DEPLOY.resolve("rbac").resolve("nmi-secrets.yaml"));
    API.createNamespace(NAMESPACE);
    AZURE.createCompute(MACHINE);
    imds = FakeImds.startFor(AZURE, MACHINE);
  }

  @AfterAll
  static void stop() {
    imds.close();
  }

  @Test
  void enableScaleFeaturesOffTakesRecordsWithoutTheNodesLabel() throws IOException {
    UserAssignedIdentity identity = identity();
    String pod = pod(NAMESPACE, Map.of("aadpodidbinding", "selector"));
    record(pod, NAMESPACE, "{}", spec(identity, identity));

    assertThat(cause(ask(pod))).isEqualTo("identity-not-bound");
    assertThat(clientId(ask(pod, "--enableScaleFeatures=false"))).isEqualTo(identity.clientId());
  }

  @Test
  void exemptPodsGetAnyIdentityGivesThemThoseOfOtherPods() throws IOException {
    UserAssignedIdentity identity = identity();
    record(
        pod(NAMESPACE, Map.of("aadpodidbinding", "selector")),
        NAMESPACE,
        LABEL,
        spec(identity, identity));
    String agent = pod(NAMESPACE, Map.of("app", "agent"));
    API.apply(
        """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzurePodIdentityException
        metadata: {name: agent, namespace: %s}
        spec: {podLabels: {app: agent}}
        """
            .formatted(NAMESPACE));
    String others = TOKEN + "&client_id=" + identity.clientId();

    assertThat(cause(get(agent, others))).isEqualTo("identity-not-allowed");
    assertThat(clientId(get(agent, others, "--exempt-pods-get-any-identity")))
        .isEqualTo(identity.clientId());
  }

  @Test
  void acceptForeignClientIdsGivesTheTokenThatTheClientIdNames() throws IOException {
    UserAssignedIdentity own = identity();
    UserAssignedIdentity others = identity();
    String pod = pod(NAMESPACE, Map.of("aadpodidbinding", "selector"));
    record(pod, NAMESPACE, LABEL, spec(own, others));

    assertThat(cause(ask(pod))).isEqualTo("identity-not-permitted");
    assertThat(clientId(ask(pod, "--accept-foreign-client-ids"))).isEqualTo(others.clientId());
  }

  /** One that may be used is sent where nobody listens. */
  @Test
  void refuseForeignSecretsRefusesOneOfAnotherNamespace() throws IOException {
    API.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: of-default, namespace: default}
        stringData: {clientSecret: secret}
        """);
    String pod = pod(NAMESPACE, Map.of("aadpodidbinding", "selector"));
    record(
        pod,
        NAMESPACE,
        LABEL,
        """
        {type: 1, tenantID: 11111111-1111-1111-1111-111111111111, clientID: app, adEndpoint: '%s',
         clientPassword: {name: of-default, namespace: default}}
        """
            .formatted(ENTRA)
            .replace("\n", ""));

    assertThat(cause(ask(pod))).isEqualTo("token-unavailable");
    assertThat(cause(ask(pod, "--refuse-foreign-secrets"))).isEqualTo("identity-not-permitted");
  }

  @Test
  void forceNamespacedOfTheEnvironmentKeepsIdentitiesToTheirNamespace() throws IOException {
    UserAssignedIdentity identity = identity();
    String pod = pod(NAMESPACE, Map.of("aadpodidbinding", "selector"));
    record(pod, "elsewhere", LABEL, spec(identity, identity));

    assertThat(clientId(ask(pod))).isEqualTo(identity.clientId());
    try (Running nmi = new Running(Map.of("FORCENAMESPACED", "true"))) {
      assertThat(cause(nmi.from(pod).get(TOKEN, METADATA).read())).isEqualTo("identity-not-bound");
    }
  }

  @Test
  void tokenCacheOfNoneAsksForEachRequest() throws IOException {
    UserAssignedIdentity identity = identity();
    String pod = pod(NAMESPACE, Map.of("aadpodidbinding", "selector"));
    record(pod, NAMESPACE, LABEL, spec(identity, identity));

    assertThat(fetchesOfTwoRequests(pod, identity)).isEqualTo(1);
    assertThat(fetchesOfTwoRequests(pod, identity, "--token-cache-size=0")).isEqualTo(2);
  }

  private static int fetchesOfTwoRequests(
      String pod, UserAssignedIdentity identity, String... flags) throws IOException {
    long before = imds.requests().total();
    try (Running nmi = new Running(Map.of(), flags)) {
      for (int i = 0; i < 2; i++) {
        assertThat(clientId(nmi.from(pod).get(TOKEN, METADATA).read()))
            .isEqualTo(identity.clientId());
      }
    }
    return imds.requests().since(before).size();
  }

  @Test
  void metadataGetOnlyOffPassesOnWhatChangesSomething() throws IOException {
    String pod = pod(NAMESPACE, Map.of());
    String target = "/metadata/scheduledevents?api-version=2020-07-01";
    long before = imds.requests().total();

    try (Running nmi = new Running(Map.of())) {
      Received refused = nmi.from(pod).send("POST", target, METADATA, "Content-Length: 0").read();
      assertThat(refused.status()).isEqualTo(405);
      assertThat(imds.requests().since(before)).isEmpty();
    }
    try (Running nmi = new Running(Map.of(), "--metadata-get-only=false")) {
      Received reply = nmi.from(pod).send("POST", target, METADATA, "Content-Length: 0").read();
      assertThat(reply.header("X-Pod-Identity-Error")).isEmpty();
      assertThat(imds.requests().since(before))
          .singleElement()
          .satisfies(request -> assertThat(request.method()).isEqualTo("POST"));
    }
  }

  @Test
  void metadataHeaderRequiredOffServesRequestsWithoutIt() throws IOException {
    UserAssignedIdentity identity = identity();
    String pod = pod(NAMESPACE, Map.of("aadpodidbinding", "selector"));
    record(pod, NAMESPACE, LABEL, spec(identity, identity));

    try (Running nmi = new Running(Map.of())) {
      assertThat(cause(nmi.from(pod).get(TOKEN).read())).isEqualTo("metadata-header-missing");
    }
    try (Running nmi = new Running(Map.of(), "--metadata-header-required=false")) {
      assertThat(clientId(nmi.from(pod).get(TOKEN).read())).isEqualTo(identity.clientId());
    }
  }

  /** What the record of a pod carries since v1.6. */
  private static final String LABEL = "{nodename: " + NODE + "}";

  private static Received ask(String pod, String... flags) throws IOException {
    return get(pod, TOKEN, flags);
  }

  private static Received get(String pod, String target, String... flags) throws IOException {
    try (Running nmi = new Running(Map.of(), flags)) {
      return nmi.from(pod).get(target, METADATA).read();
    }
  }

  private static String cause(Received reply) {
    assertThat(reply.body()).doesNotContain("access_token");
    return reply.header("X-Pod-Identity-Error");
  }

  private static String clientId(Received reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    Matcher token = ACCESS_TOKEN.matcher(reply.body());
    assertThat(token.find()).isTrue();
    return FakeTokens.clientIdOf(token.group(1));
  }

  /** One that the node has. */
  private static UserAssignedIdentity identity() {
    UserAssignedIdentity identity =
        AZURE.createIdentity(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
                + "/userAssignedIdentities/id"
                + PODS.incrementAndGet());
    AZURE.attach(MACHINE, identity);
    return identity;
  }

  private static String spec(UserAssignedIdentity owner, UserAssignedIdentity named) {
    return "{type: 0, resourceID: %s, clientID: %s}".formatted(owner.id().text(), named.clientId());
  }

  /** A running pod; gives its address. */
  private static String pod(String namespace, Map<String, String> labels) {
    int number = PODS.incrementAndGet();
    String address = "127.0.7." + number;
    new KubeletStandIn(API).run(new RunningPod(namespace, "pod-" + number, NODE, address, labels));
    return address;
  }

  /** MIC's, that the pod has the identity. */
  private static void record(String address, String namespace, String labels, String spec) {
    String number = address.substring(address.lastIndexOf('.') + 1);
    API.apply(
        """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzureAssignedIdentity
        metadata: {name: record-%1$s, namespace: default, labels: %4$s}
        spec:
          pod: pod-%1$s
          podNamespace: %5$s
          nodename: %6$s
          azureIdentityRef:
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentity
            metadata: {name: identity-%1$s, namespace: %2$s}
            spec: %3$s
          azureBindingRef:
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureIdentityBinding
            metadata: {name: binding-%1$s, namespace: %2$s}
            spec: {azureIdentity: identity-%1$s, selector: selector}
        status: {status: Assigned, availableReplicas: 1}
        """
            .formatted(number, namespace, spec, labels, NAMESPACE, NODE));
  }

  /** The program's parts, but for its rules; it knows the cluster when this is there. */
  private static final class Running implements AutoCloseable {
    private final NodeNmi nmi;
    private final int port;
    private final List<RawHttp> connections = new ArrayList<>();

    Running(Map<String, @Nullable String> environment, String... more) {
      List<String> flags =
          new ArrayList<>(
              List.of(
                  "--node=" + NODE,
                  "--kubeconfig=" + API.kubeconfigFor("default", "aad-pod-id-nmi-service-account"),
                  "--redirect=none",
                  "--nmi-port=0",
                  "--http-probe-port=0",
                  "--prometheus-port=0",
                  "--metadata-ip=" + imds.uri().getHost(),
                  "--metadata-port=" + imds.uri().getPort(),
                  "--entra-endpoints=" + ENTRA,
                  // Who has no identity is told so at once.
                  "--find-identity-retry-interval=0"));
      flags.addAll(List.of(more));
      NmiCommandLine line = new NmiCommandLine(ProgramVersion.ofThisBuild("nmi"), environment::get);
      assertThat(line.parse(flags, System.out, System.err)).isEmpty();
      nmi = NodeNmi.of(line.options(), "test", Clock.systemUTC());
      port = nmi.start().getPort();
      nmi.awaitSynced(Duration.ofSeconds(30));
    }

    RawHttp from(String pod) throws IOException {
      RawHttp connection =
          RawHttp.connect(pod, new InetSocketAddress(TestNmi.inet("127.0.0.1"), port));
      connections.add(connection);
      return connection;
    }

    @Override
    public void close() throws IOException {
      for (RawHttp connection : connections) {
        connection.close();
      }
      nmi.close();
    }
  }
}
