package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.bin.metrics.MetricRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  private final MetricRegistry metrics = new MetricRegistry();
  private final MetricsServer server = new MetricsServer(0, metrics);
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void start() {
    metrics.gauge("one", "One.", () -> 1);
    port = server.start().orElseThrow().getPort();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  // The content type is the one of v1's exporter.
  @Test
  void metricsAreThereInTheFormatOfPrometheus() throws Exception {
    HttpResponse<String> answer = get("127.0.0.1", "/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body()).isEqualTo("# HELP one One.\n# TYPE one gauge\none 1\n");
  }

  @Test
  void bothAddressFamiliesAreServed() throws Exception {
    assertThat(get("[::1]", "/metrics").body()).contains("one 1");
  }

  @Test
  void nothingElseIsThere() throws Exception {
    assertThat(get("127.0.0.1", "/debug/pprof/").statusCode()).isEqualTo(404);
    assertThat(get("127.0.0.1", "/").statusCode()).isEqualTo(404);
    HttpRequest post =
        HttpRequest.newBuilder(uri("127.0.0.1", "/metrics")).POST(BodyPublishers.noBody()).build();
    assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  // v1 logs it and goes on: on a node's network somebody else may have the port.
  @Test
  void aPortInUseStopsNobody() throws Exception {
    try (ServerSocket taken = new ServerSocket(0);
        MetricsServer second = new MetricsServer(taken.getLocalPort(), metrics)) {
      assertThat(second.start()).isEmpty();
    }
  }

  @Test
  void whoReadsSlowlyKeepsNobodyElseOut() throws Exception {
    metrics.gauge("large", "x".repeat(8 << 20), () -> 1);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        slow.add(scrape("127.0.0.2"));
        assertThat(statusLine(slow.get(i))).startsWith(i < 2 ? "HTTP/1.1 200" : "HTTP/1.1 503");
      }
      slow.add(scrape("127.0.0.1"));
      assertThat(statusLine(slow.get(4))).startsWith("HTTP/1.1 200");
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private Socket scrape(String source) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(20_000);
    socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket
        .getOutputStream()
        .write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String statusLine(Socket socket) throws IOException {
    return new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
  }

  private HttpResponse<String> get(String host, String path)
      throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(host, path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String host, String path) {
    return URI.create("http://" + host + ":" + port + path);
  }
}
