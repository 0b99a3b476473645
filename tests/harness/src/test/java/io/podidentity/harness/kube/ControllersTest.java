package io.podidentity.harness.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RequiresRealPart({RealPart.KUBE_APISERVER, RealPart.KUBE_CONTROLLER_MANAGER})
final class ControllersTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: agent, namespace: ours}
      spec:
        selector: {matchLabels: {app: agent}}
        template:
          metadata: {labels: {app: agent}}
          spec: {containers: [{name: main, image: none}]}
      """;

  @Test
  void makeAccountsAndPodsCollectGarbageAndEndNamespaces() {
    try (KubeApiServer api = KubeApiServer.start()) {
      KubeletStandIn kubelet = new KubeletStandIn(api);
      kubelet.registerNode("one", "azure:///none");
      kubelet.reportReady("one");
      api.startControllers();
      api.apply("{apiVersion: v1, kind: Namespace, metadata: {name: ours}}");
      Await.until(
          "its account", LIMIT, () -> api.kubectl("get", "sa", "-n", "ours").contains("default"));

      api.apply(DAEMON_SET);
      Await.until("its pod", LIMIT, () -> pods(api).startsWith("pod/agent-"));
      assertThat(api.kubectl("get", "events", "-n", "ours")).contains("SuccessfulCreate");

      // The pod is on no node, so no kubelet has to let it go.
      api.kubectl("delete", "daemonset", "agent", "-n", "ours");
      Await.until("the pod is collected", LIMIT, () -> pods(api).isEmpty());
      api.kubectl("delete", "namespace", "ours", "--timeout=60s");
    }
  }

  @Test
  void auditLogHasWhatServiceAccountsAskForAndNothingElse() {
    KubeApiServer api = KubeApiServer.shared();
    api.createNamespace("audited");
    Path kubeconfig = api.kubeconfigFor("audited", "default");
    api.kubectl("get", "configmaps", "-n", "audited");

    Command.of(
            EnvtestBinaries.find().kubectl().toString(),
            "--kubeconfig=" + kubeconfig,
            "get",
            "secrets",
            "-n",
            "audited")
        .run();

    assertThat(api.audit().events())
        .filteredOn(event -> event.contains("\"namespace\":\"audited\""))
        .isNotEmpty()
        .allMatch(event -> event.contains("system:serviceaccount:audited:default"))
        .anyMatch(
            event ->
                event.contains("\"resource\":\"secrets\"")
                    && event.contains("\"authorization.k8s.io/decision\":\"forbid\""));
  }

  private static String pods(KubeApiServer api) {
    return api.kubectl("get", "pods", "-n", "ours", "-o", "name");
  }
}
