package io.podidentity.azure.entra;

import static java.util.Objects.requireNonNull;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.azure.http.BoundedCalls;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/**
 * Asks Entra ID for tokens, through MSAL4J, which knows its protocol. Of MSAL4J nothing else is
 * used: not its cache (an authority with a port defeats it, and it lets every caller ask for
 * himself while it is empty), not its retries (it would sleep), not its discovery (it would ask a
 * host of the public cloud), and not its HTTP client. Thread-safe.
 */
public final class EntraClient {
  private static final int MAX_BODY = 256 * 1024;

  private final URI endpoint;
  private final String userAgent;
  private final BoundedCalls calls;
  private final Clock clock;

  /**
   * A client of one cloud's Entra ID.
   *
   * @param endpoint https, without the tenant; no other host is ever asked
   * @param client follows no redirects
   * @param userAgent the {@code User-Agent} header
   * @param timeout how long a request may take; positive
   * @param clock stamps the tokens
   */
  public EntraClient(
      URI endpoint, HttpClient client, String userAgent, Duration timeout, Clock clock) {
    this.endpoint = requireNonNull(endpoint, "endpoint");
    this.userAgent = requireNonNull(userAgent, "userAgent");
    this.calls = new BoundedCalls(client, timeout, MAX_BODY);
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Gets a token by client secret, with one request.
   *
   * @param resource what the token is for, as in v1: {@code /.default} is added to it, even where
   *     it ends in a slash
   * @throws PodIdentityException with {@code TOKEN_REFUSED} if Entra ID refuses the application or
   *     its secret, {@code TOKEN_UNAVAILABLE} if it could not be reached, throttled, or failed,
   *     {@code CONFIGURATION_INVALID} if the tenant cannot be one
   */
  public AccessToken withSecret(
      String tenantId, ClientId clientId, String secret, String resource) {
    return token(
        "application %s in tenant %s".formatted(clientId, tenantId),
        tenantId,
        clientId,
        ClientCredentialFactory.createFromSecret(secret),
        resource);
  }

  /**
   * Gets a token by any credential, as {@link #withSecret} does.
   *
   * @param whose for messages
   */
  AccessToken token(
      String whose,
      String tenantId,
      ClientId clientId,
      IClientCredential credential,
      String resource) {
    EntraExchange exchange = new EntraExchange(endpoint, userAgent, calls);
    ConfidentialClientApplication application =
        application(tenantId, clientId, credential, exchange);
    ClientCredentialParameters parameters =
        ClientCredentialParameters.builder(Set.of(resource + "/.default")).skipCache(true).build();
    try {
      IAuthenticationResult result = application.acquireToken(parameters).get();
      return new AccessToken(
          result.accessToken(), result.expiresOnDate().toInstant(), clock.instant(), resource);
    } catch (ExecutionException | CancellationException e) {
      // Its message is what Entra ID answered; the exchange keeps what may be told of that.
      throw exchange.failure(whose, clock.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up getting a token for " + whose, e);
    }
  }

  private ConfidentialClientApplication application(
      String tenantId, ClientId clientId, IClientCredential credential, EntraExchange exchange) {
    if (!Tenants.isName(tenantId)) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "the tenant must be an ID or a domain name; check tenantId");
    }
    try {
      return ConfidentialClientApplication.builder(clientId.value(), credential)
          .authority(endpoint + "/" + tenantId + "/")
          .instanceDiscovery(false)
          // An application may be known by its certificate's name and issuer, not by the
          // certificate.
          .sendX5c(true)
          .httpClient(exchange)
          .disableInternalRetries()
          // The caller's thread waits anyway.
          .executorService(new DirectExecutor())
          .build();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("an endpoint was not checked", e);
    }
  }
}
