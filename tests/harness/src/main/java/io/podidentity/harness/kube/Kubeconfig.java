package io.podidentity.harness.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * A kubeconfig with one cluster and one user, complete in itself. {@link #toString()} does not show
 * the token.
 *
 * @param server the API server's URL
 * @param authority the certificates to trust, as PEM
 * @param token the user's bearer token
 */
record Kubeconfig(String server, String authority, String token) {

  void write(Path file) {
    String data = Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.UTF_8));
    String yaml =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: test
          cluster:
            server: %s
            certificate-authority-data: %s
        users:
        - name: user
          user:
            token: %s
        contexts:
        - name: test
          context:
            cluster: test
            user: user
        current-context: test
        """
            .formatted(server, data, token);
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }

  @Override
  public String toString() {
    return "Kubeconfig[server=" + server + "]";
  }
}
