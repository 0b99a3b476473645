package io.podidentity.nmi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cluster of which nothing answers. */
final class NoCluster {
  private NoCluster() {}

  /** Writes the file that leads to it. */
  static Path kubeconfig(Path folder) throws IOException {
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
