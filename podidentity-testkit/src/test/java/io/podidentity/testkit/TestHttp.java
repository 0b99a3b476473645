package io.podidentity.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small HTTP client for tests; every call ends within 20 seconds. */
public final class TestHttp {
  private final HttpClient http;

  private TestHttp(@Nullable SSLContext tls) {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    if (tls != null) {
      builder.sslContext(tls);
    }
    http = builder.build();
  }

  public static TestHttp plain() {
    return new TestHttp(null);
  }

  public static TestHttp trusting(SSLContext tls) {
    return new TestHttp(tls);
  }

  /** Sends a request; {@code headers} alternate name and value. */
  public HttpResponse<String> send(String method, String url, String body, String... headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  public HttpResponse<String> get(String url, String... headers) throws IOException {
    return send("GET", url, "", headers);
  }

  /** Posts a form; {@code fields} alternate name and value. */
  public HttpResponse<String> postForm(String url, String... fields) throws IOException {
    String[] encoded =
        Arrays.stream(fields)
            .map(text -> URLEncoder.encode(text, StandardCharsets.UTF_8))
            .toArray(String[]::new);
    String form =
        IntStream.range(0, encoded.length / 2)
            .mapToObj(i -> encoded[2 * i] + "=" + encoded[2 * i + 1])
            .collect(Collectors.joining("&"));
    return send("POST", url, form, "Content-Type", "application/x-www-form-urlencoded");
  }

  public static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }
}
