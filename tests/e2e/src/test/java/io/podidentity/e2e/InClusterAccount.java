package io.podidentity.e2e;

import io.podidentity.harness.Cleanup;
import io.podidentity.harness.Folders;
import io.podidentity.harness.kube.KubernetesApi;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What Kubernetes puts into a pod's file system and environment, so that its program can talk to
 * the API server as the pod's service account.
 *
 * @param folder holds {@code token} and {@code ca.crt}
 */
record InClusterAccount(Path folder) {

  /** Its own /run, which nobody else sees: {@code ip netns exec} gives it a mount namespace. */
  private static final String MOUNT_SCRIPT =
      """
      mount -t tmpfs tmpfs /run
      mkdir -p /run/secrets/kubernetes.io
      cp -r "$1" /run/secrets/kubernetes.io/serviceaccount
      shift
      exec "$@"
      """;

  /** A token for the account, and the certificates to trust. */
  static InClusterAccount of(KubernetesApi api, String namespace, String serviceAccount) {
    return of(api, namespace, serviceAccount, List.of());
  }

  /** The same, with a token that is bound to a pod of the account, as Kubernetes makes them. */
  static InClusterAccount ofPod(
      KubernetesApi api, String namespace, String serviceAccount, String pod) {
    return of(
        api,
        namespace,
        serviceAccount,
        List.of("--bound-object-kind=Pod", "--bound-object-name=" + pod));
  }

  private static InClusterAccount of(
      KubernetesApi api, String namespace, String serviceAccount, List<String> binding) {
    Path folder = Folders.temporary(serviceAccount);
    Cleanup.atExit(() -> Folders.delete(folder));
    String authority =
        api.kubectl(
            "config",
            "view",
            "--raw",
            "-o",
            "jsonpath={.clusters[0].cluster.certificate-authority-data}");
    List<String> create =
        new ArrayList<>(List.of("create", "token", serviceAccount, "-n", namespace));
    create.add("--duration=24h");
    create.addAll(binding);
    try {
      Files.write(folder.resolve("ca.crt"), Base64.getDecoder().decode(authority));
      Files.writeString(folder.resolve("token"), api.kubectl(create.toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException("writing the files of " + serviceAccount, e);
    }
    return new InClusterAccount(folder);
  }

  /** What Kubernetes sets in the environment of all containers. */
  static Map<String, String> environment() {
    return Map.of(
        "KUBERNETES_SERVICE_HOST",
        ClusterNetwork.CONTROL_ADDRESS,
        "KUBERNETES_SERVICE_PORT",
        "6443");
  }

  /** The command as it runs in a pod of the account, once it is put into a network namespace. */
  Command inPod(Command command) {
    Command inside =
        command.withPrefix(List.of("sh", "-ec", MOUNT_SCRIPT, "sh", folder.toString()));
    for (Map.Entry<String, String> variable : environment().entrySet()) {
      inside = inside.withEnvironment(variable.getKey(), variable.getValue());
    }
    return inside;
  }
}
