package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An API server behind a gateway of many clusters, as Rancher's, has a path. */
final class ServerPathTest {
  @ParameterizedTest
  @ValueSource(strings = {"/k8s/clusters/c-1", "/k8s/clusters/c-1/"})
  void timeIsAskedForBelowIt(String path) throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
    try (KubernetesClient client =
        KubernetesClients.create(
            new ConfigBuilder(Config.empty()).withMasterUrl(url).build(),
            "test",
            Duration.ofSeconds(15))) {
      assertThat(new ClusterHealth(client).ahead(Clock.systemUTC())).isPresent();
    } finally {
      server.stop(0);
    }
    assertThat(asked).containsExactly("/k8s/clusters/c-1/version");
  }
}
