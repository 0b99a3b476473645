package io.podidentity.example.vendor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets tokens for identities by the assertion of an issuer that Entra ID trusts for them, so that
 * no identity is on a machine and no secret anywhere. It asks each time; keeping tokens and the
 * pace of asking are the broker's. Thread-safe.
 */
public final class FederatedTokenSource implements TokenSource {
  /** Entra ID's tokens live 28 h at most; what says more is not from there. */
  private static final Duration LONGEST = Duration.ofDays(7);

  private final URI endpoint;
  private final OwnIssuer issuer;
  private final HttpClient http;
  private final Duration timeout;
  private final Clock clock;

  /**
   * A source for one tenant.
   *
   * @param authority where Entra ID is, without a path
   * @param timeout for each exchange
   */
  public FederatedTokenSource(
      URI authority,
      String tenant,
      OwnIssuer issuer,
      HttpClient http,
      Duration timeout,
      Clock clock) {
    this.endpoint = authority.resolve("/" + tenant + "/oauth2/v2.0/token");
    this.issuer = issuer;
    this.http = http;
    this.timeout = timeout;
    this.clock = clock;
  }

  // snippet: source
  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    AzureIdentity identity = identity(query);
    Map<String, String> form =
        Map.of(
            "grant_type",
            "client_credentials",
            "client_id",
            clientId(identity).value(),
            "scope",
            query.resource() + "/.default",
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion",
            issuer.assertion(identity.name()));
    HttpResponse<String> answer = post(form, identity);
    Instant now = clock.instant();
    // First: what stands between here and there answers in HTML.
    if (answer.statusCode() != 200) {
      throw Refusals.of(answer, identity.name());
    }
    JsonNode body = json(answer, identity);
    long left = body.path("expires_in").asLong(0);
    String token = body.path("access_token").asString("");
    if (token.isEmpty() || left <= 0 || left > LONGEST.toSeconds()) {
      throw new PodIdentityException(
          ErrorReason.TOKEN_UNAVAILABLE, "no token in Entra ID's answer for " + identity.name());
    }
    return List.of(new AccessToken(token, now.plusSeconds(left), now, query.resource()));
  }

  // end

  private static AzureIdentity identity(TokenQuery query) {
    if (query.subject() instanceof TokenQuery.Bound bound) {
      return bound.identity();
    }
    throw new PodIdentityException(
        ErrorReason.IDENTITY_INVALID, "this host has no identity of its own");
  }

  private static ClientId clientId(AzureIdentity identity) {
    if (identity.credential() instanceof Credential.Unusable unusable) {
      throw new PodIdentityException(
          ErrorReason.IDENTITY_INVALID, identity.name() + ": " + unusable.problem());
    }
    ClientId clientId = identity.credential().clientId();
    if (clientId == null) {
      throw new PodIdentityException(
          ErrorReason.IDENTITY_INVALID, identity.name() + " has no client ID");
    }
    return clientId;
  }

  private HttpResponse<String> post(Map<String, String> form, AzureIdentity identity) {
    String body =
        form.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(timeout)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new PodIdentityException(
          ErrorReason.TOKEN_UNAVAILABLE, "no answer from Entra ID for " + identity.name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "interrupted while asking for " + identity.name(), e);
    }
  }

  private static JsonNode json(HttpResponse<String> answer, AzureIdentity identity) {
    try {
      return JsonMapper.shared().readTree(answer.body());
    } catch (JacksonException e) {
      // Not as the cause: its message may hold a part of a token.
      throw new PodIdentityException(
          ErrorReason.TOKEN_UNAVAILABLE, "no JSON from Entra ID for " + identity.name());
    }
  }
}
