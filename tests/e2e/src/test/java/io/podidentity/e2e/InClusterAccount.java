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
import java.util.Base64;
import java.util.List;

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
    Path folder = Folders.temporary(serviceAccount);
    Cleanup.atExit(() -> Folders.delete(folder));
    String authority =
        api.kubectl(
            "config",
            "view",
            "--raw",
            "-o",
            "jsonpath={.clusters[0].cluster.certificate-authority-data}");
    try {
      Files.write(folder.resolve("ca.crt"), Base64.getDecoder().decode(authority));
      Files.writeString(
          folder.resolve("token"),
          api.kubectl("create", "token", serviceAccount, "-n", namespace, "--duration=24h"));
    } catch (IOException e) {
      throw new UncheckedIOException("writing the files of " + serviceAccount, e);
    }
    return new InClusterAccount(folder);
  }

  /** The command as it runs in a pod of the account, once it is put into a network namespace. */
  Command inPod(Command command) {
    return command
        .withPrefix(List.of("sh", "-ec", MOUNT_SCRIPT, "sh", folder.toString()))
        .withEnvironment("KUBERNETES_SERVICE_HOST", ClusterNetwork.CONTROL_ADDRESS)
        .withEnvironment("KUBERNETES_SERVICE_PORT", "6443");
  }
}
