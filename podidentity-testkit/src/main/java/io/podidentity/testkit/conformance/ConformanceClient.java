package io.podidentity.testkit.conformance;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the endpoint. */
final class ConformanceClient {
  private static final String TOKEN = "/metadata/identity/oauth2/token";
  private static final int TRIES_AGAIN = 3;

  private final ConformanceOptions options;
  private final Clock clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  ConformanceClient(ConformanceOptions options, Clock clock) {
    this.options = options;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  String resource() {
    return options.resource();
  }

  /** A well-formed request for a token. */
  HttpRequest.Builder token() {
    return at(TOKEN + "?api-version=2018-02-01&resource=" + escaped(resource()));
  }

  /** The same with more parameters, which begin with {@code &}. */
  HttpRequest.Builder tokenWith(String parameters) {
    return at(TOKEN + "?api-version=2018-02-01&resource=" + escaped(resource()) + parameters);
  }

  /** A request for a path, with the header. */
  HttpRequest.Builder at(String path) {
    return bare(path).header("Metadata", "true");
  }

  /** A request for a token without the header. */
  HttpRequest.Builder withoutHeader() {
    return bare(TOKEN + "?api-version=2018-02-01&resource=" + escaped(resource()));
  }

  private HttpRequest.Builder bare(String path) {
    return HttpRequest.newBuilder(URI.create(options.endpoint() + path)).timeout(options.timeout());
  }

  /** Asks, and asks again a few times if that was too often: the service serves 20 a second. */
  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = sendOnce(request);
    for (int i = 0; i < TRIES_AGAIN && answer.statusCode() == 429; i++) {
      TimeUnit.SECONDS.sleep(rest(answer));
      answer = sendOnce(request);
    }
    return answer;
  }

  private HttpResponse<String> sendOnce(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /** In seconds, as the answer says; one second if it says nothing that can be awaited. */
  private static long rest(HttpResponse<String> throttled) {
    return throttled
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("[0-9]|10"))
        .map(Long::parseLong)
        .orElse(1L);
  }

  CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
    return http.sendAsync(
        request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /** The body as JSON; fails if it is none, without showing it. */
  static JsonNode json(HttpResponse<String> answer) {
    try {
      return JsonMapper.shared().readTree(answer.body());
    } catch (JacksonException e) {
      throw new AssertionError("the body is not JSON");
    }
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
