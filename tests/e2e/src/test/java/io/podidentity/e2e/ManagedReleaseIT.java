package io.podidentity.e2e;

import static io.podidentity.e2e.HelmIT.NMI;
import static io.podidentity.e2e.ReleaseWorld.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.EnvtestBinaries;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The chart in managed mode: NMI alone, under a role that {@link HelmIT} does not see. */
@RequiresRealPart({
  RealPart.HELM,
  RealPart.KUBE_APISERVER,
  RealPart.KUBE_CONTROLLER_MANAGER,
  RealPart.NETWORK_NAMESPACES,
  RealPart.IPTABLES_NFT,
  RealPart.CURL
})
final class ManagedReleaseIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void nmiHasExactlyTheRightsThatItUsesAndOneMoreWouldBeFound() {
    try (ReleaseWorld world = ReleaseWorld.start(EnvtestBinaries.find())) {
      String values =
          world.values("operationMode: managed\nrbac: {secretsNamespaces: [shop]}", "").toString();
      world.helm("install", ReleaseWorld.RELEASE, HelmIT.CHART, "--values", values, "--wait");
      world.awaitPods(HelmIT.OURS, 1);
      BoundIdentity orders = world.bind("orders");
      world.azure().attach(orders, world.node());
      TestPod pod = world.pod("orders", "orders");
      awaitToken(pod, orders.clientId());
      HelmIT.assertCommandsKnowTheirNmi(world, pod);
      String application = world.servicePrincipal("app");
      world.bindServicePrincipal("principal", HelmIT.TENANT, application, "app");
      TestPod principal = world.pod("principal", "principal");
      awaitToken(principal, application);
      HelmIT.awaitToldOfSpoofing(world, pod, principal);

      HelmIT.assertAllUsed(world, NMI);
      assertThat(AuditedRights.denied(HelmIT.events(world, NMI))).isEmpty();
      world.api().kubectl("create", "clusterrole", "more", "--verb=delete", "--resource=pods");
      world
          .api()
          .kubectl(
              "create",
              "clusterrolebinding",
              "more",
              "--clusterrole=more",
              "--serviceaccount=" + NAMESPACE + ":" + NMI);
      assertThat(
              AuditedRights.unused(
                  AuditedRights.of(world.api(), NAMESPACE, NMI), HelmIT.events(world, NMI)))
          .containsExactly(new AuditedRights("", "", "pods", "", "delete"));
      assertThat(world.runner().failures()).isEmpty();
    }
  }

  private static void awaitToken(TestPod pod, String clientId) {
    Await.asserted(
        LIMIT, () -> assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(clientId));
  }
}
