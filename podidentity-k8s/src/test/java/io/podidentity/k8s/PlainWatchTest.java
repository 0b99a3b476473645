package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.harness.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Behind a load balancer that drops {@code Upgrade} an API server answers 200, and tells what it
 * has to tell in the body: to the handshake of a WebSocket, too.
 */
final class PlainWatchTest {
  private static final Duration PING = Duration.ofSeconds(1);
  private static final Pattern TIMEOUT = Pattern.compile("[?&]timeoutSeconds=(\\d+)");
  private static final String LIST =
      """
      {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[]}
      """;
  private static final String ADDED =
      """
      {"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1",\
      "metadata":{"name":"late","namespace":"default","uid":"u","resourceVersion":"11"},\
      "spec":{"nodeName":"n1"},\
      "status":{"phase":"Running","podIP":"10.0.0.7","podIPs":[{"ip":"10.0.0.7"}]}}}
      """;

  private final List<String> watches = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server = server();

  private HttpServer server() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.setExecutor(threads);
      made.createContext("/", this::answer);
      made.start();
      return made;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void watchWhoseConnectionIsDeadIsOpenedAnewWithoutPings() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try (KubernetesClient client =
            KubernetesClients.create(
                new ConfigBuilder(Config.empty()).withMasterUrl(url).build(), "test", PING);
        NodePods pods = new NodePods(client, "n1")) {
      TestCluster.begin(pods);

      Await.asserted(
          PING.multipliedBy(15),
          () -> assertThat(pods.byName(new NamespacedName("default", "late"))).isPresent());

      assertThat(watches).hasSizeGreaterThanOrEqualTo(2);
      assertThat(watches).allSatisfy(uri -> assertThat(uri).contains("timeoutSeconds=3"));
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    boolean watch = uri.contains("watch=true");
    boolean handshake = exchange.getRequestHeaders().containsKey("Upgrade");
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    try (exchange) {
      if (!watch) {
        write(exchange, LIST);
      } else if (handshake) {
        exchange.getResponseBody().flush();
        Matcher asked = TIMEOUT.matcher(uri);
        await(asked.find() ? Integer.parseInt(asked.group(1)) : 3600);
      } else {
        watches.add(uri);
        exchange.getResponseBody().flush();
        if (watches.size() > 1) {
          write(exchange, ADDED);
        }
        // The first is dead: not even its end comes.
        await(3600);
      }
    }
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private void await(int seconds) {
    try {
      var unused = end.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
