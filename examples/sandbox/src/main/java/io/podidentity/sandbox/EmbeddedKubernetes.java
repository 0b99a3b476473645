package io.podidentity.sandbox;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * fabric8's mock of a Kubernetes API, in this process: it keeps objects and tells watches, but
 * knows no field selectors. NMI asks for the pods of its node by one; it is answered here by a
 * label that the sandbox gives its pods.
 */
final class EmbeddedKubernetes implements AutoCloseable {
  /** What a pod's {@code spec.nodeName} is repeated in. */
  static final String NODE_LABEL = "sandbox-node";

  private static final Pattern NODE_SELECTOR =
      Pattern.compile("fieldSelector=spec\\.nodeName(?:=|%3D)([^&]*)", Pattern.CASE_INSENSITIVE);

  private final KubernetesMockServer server;

  private EmbeddedKubernetes(KubernetesMockServer server) {
    this.server = server;
  }

  /** Starts it on a free loopback port. */
  static EmbeddedKubernetes start() {
    KubernetesMockServer server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new NodeDispatcher(), true);
    server.init(InetAddress.getLoopbackAddress(), 0);
    return new EmbeddedKubernetes(server);
  }

  /** Writes a kubeconfig for it, which trusts its certificate. */
  void writeKubeconfig(Path file) throws IOException {
    byte[] certificate =
        Files.readAllBytes(Path.of(server.getSelfSignedCertificate().certificatePath()));
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: sandbox, cluster: {server: "https://localhost:%d", certificate-authority-data: %s}}]
        users: [{name: sandbox, user: {}}]
        contexts: [{name: sandbox, context: {cluster: sandbox, user: sandbox}}]
        current-context: sandbox
        """
            .formatted(server.getPort(), Base64.getEncoder().encodeToString(certificate)));
  }

  @Override
  public void close() {
    server.destroy();
  }

  private static final class NodeDispatcher extends KubernetesCrudDispatcher {
    @Override
    public MockResponse dispatch(RecordedRequest request) {
      Matcher selector = NODE_SELECTOR.matcher(request.getPath());
      if (!selector.find()) {
        return super.dispatch(request);
      }
      String byLabel = "labelSelector=" + NODE_LABEL + "%3D" + selector.group(1);
      return super.dispatch(
          new RecordedRequest(
              request.getHttpVersion(),
              request.method(),
              selector.replaceFirst(Matcher.quoteReplacement(byLabel)),
              request.getHeaders(),
              request.getBody()));
    }
  }
}
