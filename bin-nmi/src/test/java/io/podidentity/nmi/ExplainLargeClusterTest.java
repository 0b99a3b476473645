package io.podidentity.nmi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nmi explain} with the memory that it has in NMI's container, in a large cluster. */
final class ExplainLargeClusterTest {
  private static final int NODES = 500;
  private static final int PODS = 5000;

  /**
   * As many as the kubelet reports ({@code nodeStatusMaxImages} of its <a
   * href="https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/">configuration</a>),
   * each from two registries, by digest and by tag.
   */
  private static final int IMAGES = 50;

  @TempDir private Path folder;
  private final Queue<String> paths = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private ExecutorService threads;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void hasRoomForIt() throws IOException {
    assertThat(node(1).length()).as("a node's text").isBetween(30_000, 40_000);
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
            users: [{name: u, user: {token: t}}]
            """
                .formatted(server.getAddress().getPort()));

    CommandResult result =
        Command.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@src/dist/conf/nmi.jvmargs",
                "@src/dist/conf/nmi-explain.jvmargs",
                "-cp",
                System.getProperty("java.class.path"),
                NmiMain.class.getName(),
                "explain",
                "default/pod-1",
                "--kubeconfig=" + kubeconfig)
            .withEnvironment("NODE_NAME", "")
            .run();

    assertThat(result.stdout())
        .as(result.stderr())
        .contains("pod default/pod-1")
        .contains("binding-missing")
        .doesNotContain("node-missing", "OutOfMemory");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(paths).filteredOn("/api/v1/nodes"::equals).as("pages").hasSize(NODES / 100);
  }

  private void answer(HttpExchange exchange) throws IOException {
    URI asked = exchange.getRequestURI();
    paths.add(asked.getPath());
    String body =
        switch (asked.getPath()) {
          case "/api/v1/nodes" -> page(asked, NODES, ExplainLargeClusterTest::node);
          case "/api/v1/pods" -> page(asked, PODS, ExplainLargeClusterTest::pod);
          default -> asked.getPath().contains("/leases/") ? "" : page(asked, 0, number -> "");
        };
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(body.isEmpty() ? 404 : 200, body.isEmpty() ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** As the API server pages: the place to go on at is in the token. */
  private static String page(URI asked, int count, IntFunction<String> item) {
    Map<String, String> query =
        Stream.of(asked.getQuery() == null ? new String[0] : asked.getQuery().split("&", -1))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair.length == 2)
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    int from = Integer.parseInt(query.getOrDefault("continue", "0"));
    int to = Math.min(count, from + Integer.parseInt(query.getOrDefault("limit", "1000000")));
    return """
        {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "7", "continue": "%s"},
         "items": [%s]}
        """
        .formatted(
            to < count ? Integer.toString(to) : "",
            IntStream.range(from, to).mapToObj(item).collect(Collectors.joining(",")));
  }

  private static String node(int number) {
    String digest = "0123456789abcdef".repeat(4);
    String images =
        IntStream.range(0, IMAGES)
            .mapToObj(
                image ->
                    """
                    {"names": ["registry.example/the/shop/service-%1$d@sha256:%2$s",
                               "registry.example/the/shop/service-%1$d:2026.11.%1$d-%2$s",
                               "mirror.registry.example/the/shop/service-%1$d@sha256:%2$s",
                               "mirror.registry.example/the/shop/service-%1$d:2026.11.%1$d-%2$s"],
                     "sizeBytes": 123456789}"""
                        .formatted(number * IMAGES + image, digest))
            .collect(Collectors.joining(","));
    return """
        {"apiVersion": "v1", "kind": "Node",
         "metadata": {"name": "node-%1$d", "uid": "n%1$d", "annotations": {"more": "%3$s"}},
         "spec": {"providerID": "azure:///subscriptions/s/resourceGroups/g/providers/\
        Microsoft.Compute/virtualMachines/node-%1$d"},
         "status": {"images": [%2$s]}}
        """
        .formatted(number, images, "x".repeat(8000));
  }

  private static String pod(int number) {
    return """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"namespace": "default", "name": "pod-%1$d", "uid": "p%1$d",
           "labels": {"app": "web", "aadpodidbinding": "nothing-%1$d"},
           "annotations": {"team": "%2$s"}},
         "spec": {"nodeName": "node-%3$d", "containers": [{"name": "main", "env": [%4$s]}]},
         "status": {"phase": "Running", "podIP": "10.%5$d.%6$d.%7$d"}}
        """
        .formatted(
            number,
            "x".repeat(1000),
            number % NODES,
            "{\"name\": \"A\", \"value\": \"" + "y".repeat(3000) + "\"}",
            1 + number / 65536,
            number / 256 % 256,
            number % 256);
  }
}
