package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapListBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that compresses what it is asked to, as the API server does. */
final class GunzipTest {
  private static final int OBJECTS = 2000;

  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private KubernetesClient client;
  private byte[] answer = {};
  private @Nullable String encoding;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          accepted.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Accept-Encoding"));
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          if (encoding != null) {
            exchange.getResponseHeaders().add("Content-Encoding", encoding);
          }
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    Config config = Config.empty();
    config.setMasterUrl("http://127.0.0.1:" + server.getAddress().getPort());
    client = KubernetesClients.create(config, "test", Duration.ofSeconds(15));
  }

  @AfterEach
  void end() {
    client.close();
    server.stop(0);
  }

  @Test
  void compressedAnswersAreReadAsTheyWouldBeOtherwise() throws IOException {
    byte[] plain = objects();
    answer = compressed(plain);
    encoding = "gzip";

    assertThat(client.configMaps().inNamespace("default").list().getItems())
        .hasSize(OBJECTS)
        .last()
        .satisfies(last -> assertThat(last.getMetadata().getName()).isEqualTo("map-1999"));
    assertThat(accepted).containsExactly("GET gzip");
    assertThat(answer).as("the test is of more than one piece").hasSizeLessThan(plain.length);
    assertThat(plain).hasSizeGreaterThan(1_000_000);
  }

  @Test
  void anAnswerThatIsNotCompressedIsReadToo() {
    answer = objects();

    assertThat(client.configMaps().inNamespace("default").list().getItems()).hasSize(OBJECTS);
  }

  @Test
  void halfAnAnswerIsNone() throws IOException {
    byte[] whole = compressed(objects());
    answer = Arrays.copyOf(whole, whole.length / 2);
    encoding = "gzip";

    assertFails();
  }

  @Test
  void whatIsNoGzipIsRefused() {
    answer = objects();
    encoding = "gzip";

    assertFails();
  }

  private void assertFails() {
    KubernetesClient impatient = KubernetesClients.impatient(client, Duration.ofSeconds(5), 0);
    assertThatThrownBy(() -> impatient.configMaps().inNamespace("default").list())
        .isInstanceOf(KubernetesClientException.class);
  }

  /** More than a megabyte that does not vanish when it is compressed. */
  private static byte[] objects() {
    Random random = new Random(7);
    return Serialization.asJson(
            new ConfigMapListBuilder()
                .withNewMetadata()
                .withResourceVersion("1")
                .endMetadata()
                .withItems(
                    IntStream.range(0, OBJECTS)
                        .mapToObj(
                            i ->
                                new ConfigMapBuilder()
                                    .withNewMetadata()
                                    .withName("map-" + i)
                                    .withNamespace("default")
                                    .endMetadata()
                                    .withData(Map.of("text", text(random)))
                                    .build())
                        .toList())
                .build())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      text.append(Long.toHexString(random.nextLong()));
    }
    return text.toString();
  }

  private static byte[] compressed(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    }
    return packed.toByteArray();
  }
}
