package io.podidentity.e2e;

import static io.podidentity.e2e.ReleaseWorld.NAMESPACE;
import static io.podidentity.e2e.ReleaseWorld.RELEASE;
import static io.podidentity.e2e.ReleaseWorld.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.EnvtestBinaries;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.azure.FakeAzure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The chart as an administrator uses it, with the programs as they ship, under the chart's own
 * roles. A test ends with an uninstall that must leave nothing.
 */
@RequiresRealPart({
  RealPart.HELM,
  RealPart.KUBE_APISERVER,
  RealPart.KUBE_CONTROLLER_MANAGER,
  RealPart.NETWORK_NAMESPACES,
  RealPart.IPTABLES_NFT,
  RealPart.CURL
})
final class HelmIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  static final String CHART = ProjectFiles.path("charts/aad-pod-identity");
  private static final String CHART_OF_V1 =
      ProjectFiles.path("tests/e2e/src/test/resources/v1-chart");
  private static final String MIC = "aad-pod-identity-mic";
  static final String NMI = "aad-pod-identity-nmi";
  private static final String DRAIN = "aad-pod-identity-mic-drain";
  private static final String V1 = "mcr.microsoft.com/";
  static final String OURS = "registry.example/";
  private static final String TAINT = "podidentity.io/starting";
  static final String TENANT = FakeAzure.DEFAULT_TENANT;

  @Test
  void releaseOfV1IsUpgradedRolledBackAndUninstalledWithExactlyTheRightsThatItUses() {
    try (ReleaseWorld world = ReleaseWorld.start(EnvtestBinaries.find())) {
      String rules = UninstallIT.rules(world.node());
      world.helm("install", RELEASE, CHART_OF_V1, "--set", "forceNamespaced=false", "--wait");
      world.awaitPods(V1, 3);
      String workloads = world.workloads();
      assertThat(workloads).contains(MIC, NMI);
      // One of before v1's 1.6, in which MIC is to note something.
      world.api().kubectl("create", "configmap", "aad-pod-identity-config", "-n", NAMESPACE);

      String values = world.values("rbac: {secretsNamespaces: [shop]}", TAINT).toString();
      world.api().kubectl("taint", "node", world.node().name(), TAINT + "=:NoSchedule");
      world.helm(
          "upgrade", RELEASE, CHART, "--reset-then-reuse-values", "--values", values, "--wait");

      assertThat(world.workloads())
          .as("the same objects, with the same selectors")
          .isEqualTo(workloads);
      world.awaitPods(OURS, 3);
      world.awaitNoTaint(TAINT);
      BoundIdentity orders = world.bind("orders");
      TestPod first = world.pod("orders", "orders");
      assertToken(world, first, orders);
      TestPod pod = useEachRight(world, first, orders);
      assertCommandsKnowTheirNmi(world, pod);
      assertThat(AuditedRights.denied(events(world, MIC))).isEmpty();
      assertThat(AuditedRights.denied(events(world, NMI))).isEmpty();

      world.helm("rollback", RELEASE, "1", "--wait");
      world.awaitPods(V1, 3);
      assertThat(world.workloads()).isEqualTo(workloads);
      assertThat(world.recordState(pod, "orders")).isEqualTo("Assigned");
      // Then there is one to be made.
      world.api().kubectl("delete", "configmap", "aad-pod-identity-config", "-n", NAMESPACE);

      world.helm("rollback", RELEASE, "2", "--wait");
      world.awaitPods(OURS, 3);
      assertThat(world.workloads()).isEqualTo(workloads);
      assertToken(world, pod, orders);
      world.awaitAudited(MIC, "create", "configmaps");
      assertAllUsed(world, MIC);
      assertAllUsed(world, NMI);

      BoundIdentity legacy = leaveAsV1Does(world);
      uninstallWhileAzureFails(world);

      assertAllUsed(world, DRAIN);
      assertThat(AuditedRights.denied(events(world, DRAIN))).isEmpty();
      assertNothingIsLeft(world, rules, orders, legacy);
      assertThat(world.runner().failures()).isEmpty();
    }
  }

  @Test
  @RequiresRealPart(RealPart.NEWEST_KUBERNETES)
  void isInstalledUpgradedAndUninstalledOnTheNewestKubernetes() {
    try (ReleaseWorld world = ReleaseWorld.start(EnvtestBinaries.findNewest())) {
      String rules = UninstallIT.rules(world.node());
      String values = world.values("networkPolicy: {enabled: true}", "").toString();
      String notes = world.helm("install", RELEASE, CHART, "--values", values, "--wait");
      assertThat(notes).as("whether pods pass NMI by").contains(lookOfTheChartsPage());
      world.awaitPods(OURS, 3);
      BoundIdentity orders = world.bind("orders");
      TestPod pod = world.pod("orders", "orders");
      assertToken(world, pod, orders);

      world.helm(
          "upgrade",
          RELEASE,
          CHART,
          "--reuse-values",
          "--set",
          "mic.podDisruptionBudget.minAvailable=1",
          "--set",
          "nmi.hostToken=false",
          "--wait");
      assertToken(world, pod, orders);
      assertThat(AuditedRights.denied(events(world, MIC))).isEmpty();
      assertThat(AuditedRights.denied(events(world, NMI))).isEmpty();

      world.helm("uninstall", RELEASE, "--wait");
      assertThat(AuditedRights.denied(events(world, DRAIN))).isEmpty();
      assertNothingIsLeft(world, rules, orders);
      assertThat(world.runner().failures()).isEmpty();
    }
  }

  /**
   * What an administrator runs in NMI's container, with no flag of NMI's: the commands know those
   * of the NMI that is there. Its own account may not read all that is explained.
   */
  static void assertCommandsKnowTheirNmi(ReleaseWorld world, TestPod pod) {
    Explained doctor = Explained.of(world.runner().exec(NMI, "nmi", "doctor", "--output=json"));
    assertThat(doctor.isWell()).as("%s", doctor.json()).isTrue();
    assertThat(doctor.codes("warning")).as("%s", doctor.json()).isEmpty();
    assertThat(doctor.verdicts("nmi")).as("it is asked at the chart's port").containsExactly("ok");

    Explained explained =
        Explained.of(
            world
                .runner()
                .exec(
                    NMI,
                    "nmi",
                    "explain",
                    SHOP + "/" + pod.name(),
                    "--output=json",
                    "--kubeconfig=" + world.api().adminKubeconfig()));
    assertThat(explained.isWell()).as("%s", explained.json()).isTrue();
    assertThat(explained.verdicts("mic")).as("%s", explained.json()).doesNotContain("unknown");
    assertThat(explained.verdicts("token")).as("it knows its node").containsExactly("ok");
  }

  private static String lookOfTheChartsPage() {
    return ProjectFiles.text("charts/aad-pod-identity/README.md")
        .lines()
        .filter(line -> line.startsWith("kubectl run try "))
        .findFirst()
        .orElseThrow();
  }

  private static void assertToken(ReleaseWorld world, TestPod pod, BoundIdentity identity) {
    world.awaitRecord(pod, identity.name(), "Assigned");
    Await.asserted(
        LIMIT,
        () ->
            assertThat(TokenAnswer.of(pod.askForToken()).clientId())
                .isEqualTo(identity.clientId()));
  }

  /**
   * What an ordinary day does not need, but some day.
   *
   * @param pod is replaced
   * @return its successor
   */
  private static TestPod useEachRight(ReleaseWorld world, TestPod pod, BoundIdentity orders) {
    // An event that repeats is counted.
    world.remove(pod);
    world.awaitRecord(pod, orders.name(), "");
    TestPod again = world.pod(pod.name(), pod.name());
    assertToken(world, again, orders);
    world.awaitAudited(MIC, "patch", "events");

    // A record that has to say something else, and NMI's Secret.
    String clientId = world.servicePrincipal("app");
    world.bindServicePrincipal("principal", UUID.randomUUID().toString(), clientId, "app");
    TestPod principal = world.pod("principal", "principal");
    world.awaitRecord(principal, "principal", "Assigned");
    world.bindServicePrincipal("principal", TENANT, clientId, "app");
    world.awaitAudited(MIC, "update", "azureassignedidentities");
    Await.asserted(
        LIMIT,
        () -> assertThat(TokenAnswer.of(principal.askForToken()).clientId()).isEqualTo(clientId));

    awaitToldOfSpoofing(world, again, principal);
    return again;
  }

  /**
   * A pod with another's address, of which NMI tells.
   *
   * @param spoofer is removed
   */
  static void awaitToldOfSpoofing(ReleaseWorld world, TestPod victim, TestPod spoofer) {
    SpoofingIT.awaitPinned(world.node(), victim, spoofer);
    SpoofingIT.take(victim, spoofer, "169.254.1.1");
    Await.until("NMI tells", LIMIT, () -> toldOfSpoofing(world, victim, spoofer));
    world.remove(spoofer);
  }

  private static boolean toldOfSpoofing(ReleaseWorld world, TestPod victim, TestPod spoofer) {
    try {
      SpoofingIT.askAs(victim, spoofer, TestPod.TOKEN_URL);
    } catch (RuntimeException e) {
      // It is not heard.
    }
    return world.api().kubectl("get", "events", "-n", SHOP).contains("SpoofedAddress");
  }

  /** A record of v1 without its pod, and no MIC that could clean up; nor has any led. */
  private static BoundIdentity leaveAsV1Does(ReleaseWorld world) {
    world.api().kubectl("scale", "deployment", MIC, "-n", NAMESPACE, "--replicas=0");
    Await.until("MIC has ended", LIMIT, () -> !pods(world).contains(MIC + "-"));
    world.api().kubectl("delete", "lease,endpoints", MIC, "-n", "default");
    BoundIdentity legacy = world.azure().createIdentity("legacy");
    world.azure().attach(legacy, world.node());
    // Not by kubectl apply, which would leave an annotation: v1's have none.
    world
        .api()
        .kubectlWithInput(
            """
            apiVersion: aadpodidentity.k8s.io/v1
            kind: AzureAssignedIdentity
            metadata:
              name: legacy-shop-legacy
              namespace: default
              finalizers: [azureassignedidentity.finalizers.aadpodidentity.k8s.io]
            spec:
              pod: legacy
              podNamespace: shop
              nodename: vm
              azureIdentityRef:
                apiVersion: aadpodidentity.k8s.io/v1
                kind: AzureIdentity
                metadata: {name: legacy, namespace: shop}
                spec: %s
              azureBindingRef:
                apiVersion: aadpodidentity.k8s.io/v1
                kind: AzureIdentityBinding
                metadata: {name: legacy-binding, namespace: shop}
                spec: {azureIdentity: legacy, selector: legacy}
            status: {status: Assigned, availableReplicas: 1}
            """
                .formatted(SceneYaml.spec(legacy)),
            "create",
            "-f",
            "-");
    return legacy;
  }

  /** What fails again and again is told by one event, which is counted. */
  private static void uninstallWhileAzureFails(ReleaseWorld world) {
    SimulatedAzureProcess.Fault failing =
        world.azure().fault("arm", Map.of("status", 500, "method", "PATCH"));
    CompletableFuture<String> uninstall;
    try {
      uninstall = CompletableFuture.supplyAsync(() -> world.helm("uninstall", RELEASE, "--wait"));
      world.awaitAudited(DRAIN, "patch", "events");
    } finally {
      failing.close();
    }
    assertThat(uninstall.join()).contains("uninstalled");
  }

  private static void assertNothingIsLeft(
      ReleaseWorld world, String rules, BoundIdentity... identities) {
    Await.until("all pods are gone", LIMIT, () -> pods(world).isEmpty());
    assertThat(world.api().kubectl("get", "azureassignedidentities", "-A", "-o", "name")).isEmpty();
    assertThat(identities).noneMatch(identity -> world.azure().isAttached(identity, world.node()));
    assertThat(UninstallIT.rules(world.node())).isEqualTo(rules);
    assertThat(
            world
                .api()
                .kubectl(
                    "get",
                    "deployments,daemonsets,jobs,secrets,serviceaccounts,roles,rolebindings,"
                        + "clusterroles,clusterrolebindings,azurepodidentityexceptions,"
                        + "poddisruptionbudgets,networkpolicies",
                    "-A",
                    "-l",
                    "app.kubernetes.io/instance=" + RELEASE,
                    "-o",
                    "name"))
        .isEmpty();
    world.api().kubectl("delete", "namespace", NAMESPACE, "--timeout=60s");
  }

  static void assertAllUsed(ReleaseWorld world, String account) {
    assertThat(world.rightsOf(account)).as(account).isNotEmpty();
    assertThat(AuditedRights.unused(world.rightsOf(account), events(world, account)))
        .as("rights of %s that nothing used", account)
        .isEmpty();
    assertThat(AuditedRights.tooWide(world.rightsOf(account), events(world, account)))
        .as("rights of %s that could name their object", account)
        .isEmpty();
  }

  static List<JsonNode> events(ReleaseWorld world, String account) {
    return AuditedRights.events(world.api().audit().events(), NAMESPACE, account);
  }

  private static String pods(ReleaseWorld world) {
    return world.api().kubectl("get", "pods", "-n", NAMESPACE, "-o", "name");
  }
}
