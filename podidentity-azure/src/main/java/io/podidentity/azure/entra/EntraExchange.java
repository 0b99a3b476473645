package io.podidentity.azure.entra;

import com.microsoft.aad.msal4j.HttpMethod;
import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.http.BoundedCalls;
import io.podidentity.azure.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What MSAL4J sends for one token, and what came of it. It sends to the authority's host and port
 * and refuses everything else, whatever a library may want to discover. For one thread.
 */
final class EntraExchange implements IHttpClient {
  private final URI endpoint;
  private final String userAgent;
  private final BoundedCalls calls;
  private final List<String> refused = new ArrayList<>();
  private @Nullable HttpResponse<byte[]> answer;
  private @Nullable IOException problem;
  private boolean interrupted;

  EntraExchange(URI endpoint, String userAgent, BoundedCalls calls) {
    this.endpoint = endpoint;
    this.userAgent = userAgent;
    this.calls = calls;
  }

  @Override
  public IHttpResponse send(HttpRequest request) throws IOException, InterruptedException {
    URI url = URI.create(request.url().toString());
    if (!url.getScheme().equals(endpoint.getScheme())
        || !url.getAuthority().equalsIgnoreCase(endpoint.getAuthority())) {
      refused.add(url.getHost());
      problem = new IOException("refused to ask another host than the authority's");
      throw problem;
    }
    try {
      HttpResponse<byte[]> response = calls.send(translate(request, url));
      answer = response;
      if (response.statusCode() != 200
          || Json.text(Json.object(response.body()), "access_token") == null) {
        // MSAL4J logs what it does not like, so it does not get to see it.
        throw new IOException("the answer holds no token");
      }
      return new Answer(
          response.statusCode(),
          response.headers().map(),
          new String(response.body(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      problem = e;
      throw e;
    } catch (InterruptedException e) {
      interrupted = true;
      throw e;
    }
  }

  /** The other hosts that were to be asked. */
  List<String> refused() {
    return List.copyOf(refused);
  }

  /** What to tell of a call that brought no token. */
  PodIdentityException failure(String whose, Instant now) {
    if (interrupted) {
      // MSAL4J has swallowed it.
      Thread.currentThread().interrupt();
      return new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up getting a token for " + whose);
    }
    if (answer != null) {
      return EntraErrors.of(whose, answer, now);
    }
    String doing =
        "cannot get a token for %s: Entra ID at %s does not answer".formatted(whose, endpoint);
    if (problem == null) {
      return new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, doing);
    }
    return new PodIdentityException(
        ErrorReason.TOKEN_UNAVAILABLE,
        "%s (%s)".formatted(doing, problem.getClass().getSimpleName()),
        problem);
  }

  private java.net.http.HttpRequest translate(HttpRequest request, URI url) {
    java.net.http.HttpRequest.Builder builder = java.net.http.HttpRequest.newBuilder(url);
    request.headers().forEach(builder::header);
    builder.setHeader("User-Agent", userAgent);
    if (request.httpMethod() == HttpMethod.POST) {
      builder.POST(java.net.http.HttpRequest.BodyPublishers.ofString(request.body()));
    }
    return builder.build();
  }

  /** An answer as MSAL4J takes it; it holds the token, so it does not print itself. */
  private record Answer(int statusCode, Map<String, List<String>> headers, String body)
      implements IHttpResponse {
    @Override
    public String toString() {
      return "Answer[" + statusCode + "]";
    }
  }
}
