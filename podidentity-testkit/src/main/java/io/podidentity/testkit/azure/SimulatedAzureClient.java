package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import io.podidentity.testkit.http.RecordedRequest;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Talks to the control endpoint of a {@link SimulatedAzureMain} in another process. Every method
 * throws {@link IllegalStateException} with the endpoint's reason if it refuses, or if it cannot be
 * reached. Safe for use by several threads.
 */
public final class SimulatedAzureClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final URI control;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  /** A client of the control endpoint at this base URL. */
  public SimulatedAzureClient(URI control) {
    this.control = requireNonNull(control, "control");
  }

  /** Everything that is there now, without secrets. */
  public AzureState state() {
    return AzureState.parse(send("GET", "/state", "").body());
  }

  /** Adds what {@code json} describes; see {@link AzureState}. */
  public void load(String json) {
    send("POST", "/state", json);
  }

  /** The virtual machine or scale set with this resource ID, as it is now. */
  public Optional<AzureState.ComputeResource> compute(String resourceId) {
    HttpResponse<String> answer = send("GET", "/computes?id=" + encode(resourceId), "");
    return answer.statusCode() == 404
        ? Optional.empty()
        : Optional.of(AzureState.parse(answer.body(), AzureState.ComputeResource.class));
  }

  /**
   * What a simulator was asked after the request of this number; 0 gives all that is kept.
   *
   * @param simulator {@code imds}, {@code entra} or {@code arm}
   */
  public List<RecordedRequest> requests(String simulator, long since) {
    String body = send("GET", "/requests/" + simulator + "?since=" + since, "").body();
    return AzureState.parse(body, Requests.class).requests().stream()
        .map(
            one ->
                new RecordedRequest(
                    one.number(),
                    Instant.parse(one.at()),
                    one.source(),
                    one.method(),
                    one.path(),
                    one.query(),
                    one.headers(),
                    one.body()))
        .toList();
  }

  /**
   * Any route of the control endpoint.
   *
   * @param path with its query, for example {@code /faults/arm}
   * @param body sent as JSON; an empty map sends none
   * @return the answer's body; empty for 404
   */
  public String call(String method, String path, Map<String, ?> body) {
    return send(method, path, body.isEmpty() ? "" : JsonMapper.shared().writeValueAsString(body))
        .body();
  }

  private HttpResponse<String> send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(control.resolve(path))
            .timeout(TIMEOUT)
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() >= 300 && answer.statusCode() != 404) {
        throw new IllegalStateException(
            method + " " + path + " on " + control + ": " + answer.body());
      }
      return answer;
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path + " on " + control + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(method + " " + path + " was interrupted", e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private record Requests(List<ControlRequest> requests) {}
}
