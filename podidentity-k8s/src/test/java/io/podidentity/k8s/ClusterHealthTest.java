package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.matching.MicPods;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the doctors ask a real API server, as service accounts with the roles of deploy/rbac. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ClusterHealthTest {
  private static final MicPods MIC = new MicPods("default", "mic");
  private static final List<Right> OF_NMI = Right.ofNmi(false, MIC);
  private static final List<Right> OF_MIC = ofMic(false);

  @Test
  void rolesOfDeployGiveWhatTheDoctorsLookFor() {
    try (KubernetesClient nmi = TestCluster.shared().asNmi();
        KubernetesClient mic = TestCluster.shared().asMic()) {
      assertThat(new ClusterHealth(nmi).missing(OF_NMI)).isEmpty();
      assertThat(new ClusterHealth(mic).missing(OF_MIC)).isEmpty();
      assertThat(new ClusterHealth(nmi).missing(OF_MIC))
          .contains(new Right("list", "", "nodes", "", ""))
          .doesNotContain(new Right("list", "", "pods", "", ""));
      assertThat(new ClusterHealth(nmi).missing(Right.ofNmi(true, MIC)))
          .extracting(Right::toString)
          .containsExactly(
              "list azureidentitybindings.aadpodidentity.k8s.io",
              "watch azureidentitybindings.aadpodidentity.k8s.io");
    }
  }

  /** Which no role gives: there is no MIC, or none that has an account of its own. */
  @Test
  void replicaSetsAreNotAskedForWhereNoPodIsMics() {
    Right replicaSets = new Right("get", "apps", "replicasets", "default", "");
    assertThat(OF_NMI).contains(replicaSets);
    assertThat(Right.ofNmi(true, MIC)).doesNotContain(replicaSets);
    assertThat(Right.ofNmi(false, new MicPods("default", "")))
        .noneMatch(right -> right.resource().equals("replicasets"));
  }

  /** With {@code --startup-taint}, for which deploy/rbac has a role of its own. */
  @Test
  void rightToTakeTaintsOffIsLookedForWhereMicDoesThat() {
    Right patch = new Right("patch", "", "nodes", "", "");
    assertThat(OF_MIC).doesNotContain(patch);
    TestCluster.shared().api().apply(TestCluster.DEPLOY.resolve("rbac/mic-startup-taint.yaml"));
    try (KubernetesClient nmi = TestCluster.shared().asNmi();
        KubernetesClient mic = TestCluster.shared().asMic()) {
      assertThat(new ClusterHealth(nmi).missing(ofMic(true))).contains(patch);
      Await.until(
          "MIC has the right",
          Duration.ofSeconds(30),
          () -> new ClusterHealth(mic).missing(ofMic(true)).isEmpty());
    }
  }

  private static List<Right> ofMic(boolean taints) {
    return Right.ofMic(
        new LeaderElection.Settings(
            "default", "aad-pod-identity-mic", "mic-0", Duration.ofSeconds(15), true),
        new TypeUpgradeMarker.Settings(true, "default", "aad-pod-identity-config", "key", "1"),
        taints);
  }

  @Test
  void whoMayNothingIsToldSo() {
    try (KubernetesClient nobody = TestCluster.shared().asNobody("may-nothing")) {
      assertThat(new ClusterHealth(nobody).missing(OF_NMI)).isEqualTo(OF_NMI);
      assertThat(new ClusterHealth(nobody).missing(OF_MIC)).isEqualTo(OF_MIC);
    }
  }

  @Test
  void clockIsComparedWithTheServers() {
    try (KubernetesClient nmi = TestCluster.shared().asNmi()) {
      ClusterHealth health = new ClusterHealth(nmi);

      assertThat(health.ahead(Clock.systemUTC()).orElseThrow())
          .isBetween(Duration.ofSeconds(-5), Duration.ofSeconds(5));
      assertThat(
              health.ahead(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-10))).orElseThrow())
          .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
    }
  }
}
