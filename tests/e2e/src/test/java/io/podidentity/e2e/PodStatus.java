package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.podidentity.harness.kube.KubernetesApi;
import io.podidentity.harness.process.CommandFailedException;
import java.util.ArrayList;
import java.util.List;

/** What a scheduler and a kubelet read and write about pods. */
record PodStatus(KubernetesApi api) {

  private static final List<String> OVER = List.of("Succeeded", "Failed");

  List<Pod> pods(String namespace) {
    String json = api.kubectl("get", "--raw", "/api/v1/namespaces/" + namespace + "/pods");
    return Serialization.unmarshal(json, PodList.class).getItems();
  }

  /** The scheduler's only write. */
  void place(Pod pod, String node) {
    String path =
        "/api/v1/namespaces/%s/pods/%s/binding"
            .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    String binding =
        """
        {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"},
         "target": {"kind": "Node", "name": "%s"}}
        """
            .formatted(pod.getMetadata().getName(), node);
    unlessItGoes(() -> api.kubectlWithInput(binding, "create", "--raw", path, "-f", "-"));
  }

  void running(Pod pod, String address, boolean ready) {
    write(
        pod,
        """
        {"status": {"phase": "Running", "podIP": "%1$s", "podIPs": [{"ip": "%1$s"}],
         "conditions": [{"type": "Ready", "status": "%2$s"}]}}
        """
            .formatted(address, ready ? "True" : "False"));
  }

  void over(Pod pod, int exitCode) {
    write(pod, "{\"status\": {\"phase\": \"" + (exitCode == 0 ? "Succeeded" : "Failed") + "\"}}");
  }

  /** Its containers have ended: deletes it for good. */
  void gone(Pod pod) {
    kubectl(pod, "delete", "--grace-period=0", "--force", "--wait=false");
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(one -> one.getType().equals("Ready") && one.getStatus().equals("True"));
  }

  static boolean isOver(Pod pod) {
    return OVER.contains(pod.getStatus().getPhase());
  }

  private void write(Pod pod, String patch) {
    kubectl(pod, "patch", "--subresource=status", "-p", patch);
  }

  private void kubectl(Pod pod, String verb, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                verb, "pod", pod.getMetadata().getName(), "-n", pod.getMetadata().getNamespace()));
    words.addAll(List.of(options));
    unlessItGoes(() -> api.kubectl(words.toArray(String[]::new)));
  }

  private static void unlessItGoes(Runnable write) {
    try {
      write.run();
    } catch (CommandFailedException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.contains("NotFound") && !message.contains("Conflict")) {
        throw e;
      }
    }
  }
}
