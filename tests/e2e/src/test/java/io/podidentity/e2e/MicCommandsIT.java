package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.CommandResult;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What an administrator runs by hand, with MIC's own permissions. */
@EndToEnd
final class MicCommandsIT {

  @Test
  void planSaysWhatWouldChangeAndChangesNothing(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.vm(), orders);
    Program mic = cluster.mic();
    mic.stop();
    try {
      assertThat(cluster.micCommand("plan").stdout()).isEqualTo("nothing to do\n");

      scene.remove(pod);
      CommandResult plan = cluster.micCommand("plan", "-detach-delay=0s");

      assertThat(plan.exitCode()).isZero();
      assertThat(plan.stdout())
          .contains("loses    " + orders.resourceId().toLowerCase(Locale.ROOT))
          .contains("remove   default/" + scene.recordName(pod, orders))
          .contains("pod %s/orders is gone, or has lost its label".formatted(scene.namespace()))
          .endsWith("1 to remove\n");
      assertThat(cluster.micCommand("plan", "-output=json").stdout())
          .as("by default a detach waits")
          .contains("\"action\" : \"release\"");
      assertThat(scene.recordState(pod, orders)).isEqualTo("Assigned");
      assertThat(cluster.azure().isAttached(orders, cluster.vm())).isTrue();
    } finally {
      mic.start();
      mic.awaitActive();
    }
  }

  /** Not with MIC's own permissions: they do not hold what it needs. */
  @Test
  @MayBeDenied("list /api/v1/serviceaccounts")
  void reportIsMadeForAnAdministratorAndRefusedToMic(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    scene.boundPod("orders", cluster.vm(), orders);

    CommandResult refused = cluster.micCommand("report", "workload-identity");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.stderr()).contains("list serviceaccounts: not permitted (status 403)");
    assertThat(refused.stdout()).isEmpty();

    CommandResult report = cluster.administratorsReport();
    assertThat(report.exitCode()).as(report.stderr()).isZero();
    assertThat(report.stdout())
        .contains("ISSUER=https://kubernetes.default.svc.cluster.local\n")
        .contains("# service account %s/default\n".formatted(scene.namespace()))
        .contains("! default-account: ")
        .contains(
            "--name=%1$s_default --subject=system:serviceaccount:%1$s:default"
                .formatted(scene.namespace()))
        .contains("azure.workload.identity/client-id=" + orders.clientId() + "\n");
  }

  /** One that was made by {@code kubectl apply}, as most are. */
  @Test
  void scriptOfTheReportLeavesAnAccountWhatItHas(EndToEndCluster cluster, Scene scene) {
    String account =
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: default
          namespace: %s
          labels: {team: shop}
          annotations: {owner: shop}
        imagePullSecrets: [{name: registry}]
        """
            .formatted(scene.namespace());
    cluster.api().kubectlWithInput(account, "apply", "-f", "-");
    BoundIdentity orders = scene.identity("orders");
    scene.boundPod("orders", cluster.vm(), orders);

    List<String> commands =
        cluster
            .administratorsReport()
            .stdout()
            .lines()
            .filter(line -> line.startsWith("kubectl "))
            .filter(line -> line.contains(" --namespace=" + scene.namespace() + " "))
            .toList();
    assertThat(commands).hasSize(1);
    cluster.api().kubectl(commands.get(0).substring("kubectl ".length()).split(" ", -1));

    assertThat(
            cluster
                .api()
                .kubectl(
                    "get",
                    "serviceaccount",
                    "default",
                    "-n",
                    scene.namespace(),
                    "-o",
                    "jsonpath={.metadata.labels.team} {.metadata.annotations.owner}"
                        + " {.imagePullSecrets[*].name}"
                        + " {.metadata.annotations.azure\\.workload\\.identity/client-id}"))
        .isEqualTo("shop shop registry " + orders.clientId());
  }

  @Test
  void drainTakesOffWhatMicAddedAndNothingElse(EndToEndCluster cluster, Scene scene) {
    BoundIdentity ours = scene.identity("ours");
    BoundIdentity theirs = scene.identity("theirs");
    cluster.azure().attach(theirs, cluster.vm());
    scene.bind(theirs, "both");
    scene.bind(ours, "both");
    TestPod pod = scene.pod("both", cluster.vm(), "both");
    scene.awaitAssigned(pod, ours);
    scene.awaitAssigned(pod, theirs);
    Program mic = cluster.mic();
    try {
      CommandResult refused = cluster.micCommand("drain", "-timeout=3s");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.stderr()).contains("not drained within 3 s: another MIC leads");
      assertThat(scene.recordState(pod, ours)).isEqualTo("Assigned");

      mic.stop();
      CommandResult drain = cluster.micCommand("drain");

      assertThat(drain.exitCode()).as(drain.stderr()).isZero();
      assertThat(cluster.api().kubectl("get", "azureassignedidentities", "-A", "-o", "name"))
          .isEmpty();
      assertThat(cluster.azure().isAttached(ours, cluster.vm())).isFalse();
      assertThat(cluster.azure().isAttached(theirs, cluster.vm())).isTrue();
      assertThat(cluster.micCommand("drain").exitCode()).as("again").isZero();
    } finally {
      mic.startAgainIfItEnded();
      cluster.azure().detach(theirs, cluster.vm());
    }
    scene.awaitAssigned(pod, ours);
  }
}
