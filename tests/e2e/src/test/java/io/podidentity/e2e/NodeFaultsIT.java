package io.podidentity.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Signal;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.FakeAzure;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code nmi explain} on the pod's node, as NMI's service account: it looks who answers the pod,
 * and asks the token service.
 */
@EndToEnd
@MayBeDenied({
  "list /api/v1/nodes.*",
  "list /api/v1/namespaces/[^/]+/events.*",
  "list /apis/aadpodidentity.k8s.io/v1/azureidentitybindings.*",
  "get /apis/coordination.k8s.io/v1/namespaces/default/leases/.*",
})
final class NodeFaultsIT {
  private static final Duration SETTLED = Duration.ofSeconds(30);

  @Test
  void nothingIsWrongWhereAPodGetsItsToken(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.boundPod("fine", cluster.vm(), scene.identity("fine"));

    Explained explained = explain(cluster, pod);

    assertThat(explained.isWell()).as("%s", explained.json()).isTrue();
    assertThat(explained.exitCode()).isZero();
    assertThat(explained.verdicts("redirect")).containsOnly("ok");
    assertThat(explained.json().toString())
        .contains(pod.network().address() + " is held to interface " + pod.network().nodeDevice());
    assertThat(explained.verdicts("token")).containsExactly("ok");
    assertThat(explained.verdicts("mic")).as("NMI may not read events").contains("unknown");
    assertThat(explained.json().toString()).doesNotContain("access_token", "eyJ");
  }

  /** NMI's own container may not enter a pod's network, and says what can. */
  @Test
  void whoAnswersIsNotKnownWithWhatTheChartGives(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.boundPod("confined", cluster.vm(), scene.identity("confined"));

    Explained explained = cluster.explainAsInThePod(pod.node(), arguments(pod));

    assertThat(explained.isWell()).as("%s", explained.json()).isTrue();
    assertThat(explained.verdicts("token")).containsExactly("ok");
    assertThat(explained.verdicts("redirect")).contains("unknown").doesNotContain("wrong");
    assertThat(explained.json().toString())
        .contains("who answers the pod is not known")
        .contains("kubectl debug node/" + pod.node().name() + " --profile=sysadmin");
  }

  @Test
  void podOfANodeWithoutRulesIsNotRedirected(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.pod("unprotected", cluster.bare(), "unprotected");

    Explained explained = explain(cluster, pod);

    assertThat(explained.cause()).as("%s", explained.json()).isEqualTo("not-redirected");
    assertThat(explained.codes("warning")).contains("address-not-pinned");
  }

  @Test
  void podWhoseNmiHangsOrIsGoneHasNoAnswer(EndToEndCluster cluster, Scene scene) {
    try (Program nmi = cluster.startNmi()) {
      TestPod pod = scene.boundPod("alone", cluster.spare(), scene.identity("alone"));

      nmi.process().signal(Signal.STOP);
      assertThat(explain(cluster, pod).cause()).isEqualTo("redirect-silent");
      nmi.process().signal(Signal.CONT);

      nmi.kill();
      assertThat(explain(cluster, pod).cause()).isEqualTo("redirect-refused");
    }
  }

  @Test
  void nodeWithoutRouteLocalnetIsTheCause(EndToEndCluster cluster, Scene scene) {
    NetworkNamespace node = cluster.spare().network().namespace();
    try (Program nmi = cluster.startNmi()) {
      TestPod pod = scene.boundPod("unrouted", cluster.spare(), scene.identity("unrouted"));
      assertThat(explain(cluster, pod).isWell()).isTrue();

      node.sysctl("net/ipv4/conf/all/route_localnet=0");
      try {
        assertThat(explain(cluster, pod).cause()).isEqualTo("route-localnet-off");
      } finally {
        node.sysctl("net/ipv4/conf/all/route_localnet=1");
      }
    }
  }

  @Test
  void nodeWithoutNmiIsNamedWhereOthersHaveOne(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.boundPod("left-out", cluster.vm(), scene.identity("left-out"));
    RunningPod nmi =
        new RunningPod(
            scene.namespace(),
            "nmi",
            cluster.firstInstance().name(),
            "10.203.0.1",
            Map.of("component", "nmi"),
            true);
    cluster.kubelet().run(nmi);
    try {
      assertThat(explain(cluster, pod).cause()).isEqualTo("nmi-not-running");
    } finally {
      cluster.kubelet().remove(nmi);
    }
  }

  /**
   * The answers of <a
   * href="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling">IMDS</a>.
   */
  @ParameterizedTest
  @CsvSource({"400, token-refused", "410, token-unavailable", "429, token-throttled"})
  void whatImdsSaysIsTheCause(int status, String code, EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.boundPod("asks", cluster.vm(), scene.identity("asks"));
    Map<String, ?> answer = Map.of("status", status, "body", "{\"error\":\"invalid_resource\"}");

    try (var fault = cluster.azure().fault("imds", answer)) {
      assertThat(explain(cluster, pod).cause()).isEqualTo(code);
    }
  }

  @Test
  void imdsThatHangsUpIsTheCause(EndToEndCluster cluster, Scene scene) {
    TestPod pod = scene.boundPod("hangs-up", cluster.vm(), scene.identity("hangs-up"));

    try (var fault = cluster.azure().fault("imds", Map.of("kind", "hang-up"))) {
      assertThat(explain(cluster, pod).cause()).isEqualTo("token-unavailable");
    }
  }

  @Test
  void identityThatSomebodyTookOffTheMachineIsTheCause(EndToEndCluster cluster, Scene scene) {
    BoundIdentity taken = scene.identity("taken");
    TestPod pod = scene.boundPod("taken", cluster.vm(), taken);
    cluster.azure().detach(taken, cluster.vm());

    assertThat(explain(cluster, pod).cause()).isEqualTo("token-unavailable");
  }

  @ParameterizedTest
  @CsvSource({
    "no-secret,         identity-invalid",
    "secret-not-to-read, cluster-unavailable",
    "wrong-password,    token-refused",
    "foreign-endpoint,  identity-not-permitted",
    "entra-away,        token-unavailable",
  })
  @MayBeDenied("get /api/v1/namespaces/t\\d+/secrets/app")
  void whatIsWrongWithAServicePrincipalIsTheCause(
      String fault, String code, EndToEndCluster cluster, Scene scene) {
    String clientId = UUID.randomUUID().toString();
    cluster
        .azure()
        .putApplication(
            new AzureState.Application(clientId, FakeAzure.DEFAULT_TENANT, "right", null));
    if (!fault.equals("secret-not-to-read")) {
      // With it NMI may read Secrets here.
      String secret = fault.equals("no-secret") ? "other" : "app";
      String password = fault.equals("wrong-password") ? "wrong" : "right";
      scene.secret(secret, Map.of("clientSecret", password.getBytes(UTF_8)));
    }
    String endpoint = fault.equals("foreign-endpoint") ? ", adEndpoint: 'https://192.0.2.1/'" : "";
    scene.bindBySpec(
        "principal",
        "{type: 1, tenantID: %s, clientID: %s, clientPassword: {name: app, namespace: %s}%s}"
            .formatted(FakeAzure.DEFAULT_TENANT, clientId, scene.namespace(), endpoint));
    TestPod pod = scene.pod("principal", cluster.vm(), "principal");
    scene.awaitAssigned("principal", new BoundIdentity("principal", "none", clientId));

    try (var away = fault.equals("entra-away") ? entraAway(cluster) : nothing()) {
      assertThat(explain(cluster, pod).cause()).isEqualTo(code);
    }
  }

  /** What v1's users meet first: the identity was deleted while the pod runs. */
  @Test
  void identityThatIsDeletedIsMissing(EndToEndCluster cluster, Scene scene) {
    BoundIdentity gone = scene.identity("gone");
    TestPod pod = scene.boundPod("gone", cluster.vm(), gone);
    scene.delete("azureidentity/" + gone.name());
    scene.awaitNoRecord(pod, gone);

    Await.asserted(
        SETTLED,
        () ->
            assertThat(cluster.explain(name(pod), "--output=json").cause())
                .isEqualTo("identity-missing"));
  }

  private static SimulatedAzureProcess.Fault entraAway(EndToEndCluster cluster) {
    return cluster.azure().fault("entra", Map.of("status", 503));
  }

  private static SimulatedAzureProcess.Fault nothing() {
    return () -> {};
  }

  private static Explained explain(EndToEndCluster cluster, TestPod pod) {
    return cluster.explainOn(pod.node(), arguments(pod));
  }

  private static String[] arguments(TestPod pod) {
    return new String[] {
      name(pod), "--output=json", "--netns=/run/netns/" + pod.network().namespace().name()
    };
  }

  private static String name(TestPod pod) {
    return pod.namespace() + "/" + pod.name();
  }
}
