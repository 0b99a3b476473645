package io.podidentity.harness.kube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cluster of which nothing answers. */
public final class UnreachableCluster {
  private UnreachableCluster() {}

  /** Writes the kubeconfig that leads to it into a folder. */
  public static Path kubeconfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
        users: [{name: u, user: {token: t}}]
        """);
  }
}
