package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {
  private final AtomicBoolean active = new AtomicBoolean();
  private final List<String> missing = new CopyOnWriteArrayList<>();
  private final HealthServer server = new HealthServer(0, active::get, () -> missing);
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void start() {
    port = server.start().getPort();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  // AAD Pod Identity v1: the body says it, the status is always 200.
  @Test
  void healthzIsAlways200AndSaysWhetherActive() throws Exception {
    HttpResponse<String> before = get("/healthz");
    active.set(true);
    HttpResponse<String> after = get("/healthz");

    assertThat(before.statusCode()).isEqualTo(200);
    assertThat(before.body()).isEqualTo("Not Active");
    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(after.body()).isEqualTo("Active");
  }

  @Test
  void readyzSaysWhatIsMissing() throws Exception {
    missing.add("the redirect is not in place");
    missing.add("pods are not known yet");
    HttpResponse<String> before = get("/readyz");
    missing.clear();
    HttpResponse<String> after = get("/readyz");

    assertThat(before.statusCode()).isEqualTo(503);
    assertThat(before.body())
        .isEqualTo("not ready:\nthe redirect is not in place\npods are not known yet\n");
    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(after.body()).isEqualTo("ready");
  }

  @Test
  void bothAddressFamiliesAreServed() throws Exception {
    assertThat(get("[::1]", "/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void thereIsNoProfiler() throws Exception {
    assertThat(get("/debug/pprof/").statusCode()).isEqualTo(404);
  }

  @Test
  void portInUseIsSaidPlainly() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      HealthServer second = new HealthServer(taken.getLocalPort(), () -> true, List::of);

      assertThatThrownBy(second::start)
          .isInstanceOfSatisfying(
              PodIdentityException.class,
              e -> assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID))
          .hasMessageContaining("port " + taken.getLocalPort());
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get("127.0.0.1", path);
  }

  private HttpResponse<String> get(String host, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://" + host + ":" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
