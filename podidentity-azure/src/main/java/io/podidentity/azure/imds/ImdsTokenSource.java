package io.podidentity.azure.imds;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.azure.http.BoundedCalls;
import io.podidentity.azure.http.HttpClients;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks the instance metadata service for a token: one request, one answer. Keeping tokens, spending
 * the service's budget and asking again belong to what is wrapped around it. Thread-safe.
 *
 * <p>The request is made anew from the identity: nothing that a pod sent reaches the service, but
 * for the resource, and the choice of an exempt pod. It never goes through a proxy, and an answer
 * is neither followed elsewhere nor read beyond 64 KiB.
 *
 * <p>It serves user-assigned managed identities, and the node's own identity. Service principals
 * are refused with {@code IDENTITY_INVALID}.
 *
 * @see <a
 *     href="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token">
 *     How to use managed identities on a VM to acquire an access token</a>
 */
public final class ImdsTokenSource implements TokenSource {
  private static final int MAX_BODY = 64 * 1024;

  private final URI base;
  private final String userAgent;
  private final BoundedCalls calls;
  private final AssignmentGrace grace;

  /**
   * A source with an HTTP client of its own.
   *
   * @param imdsBase where the service is, without a path: {@code http://169.254.169.254:80}
   * @param timeout how long a request may take with its whole answer; positive. The service
   *     promises an answer within 10 s
   * @param userAgent the {@code User-Agent} header
   * @param clock counts how long an identity that is not there may still come: five minutes
   */
  public ImdsTokenSource(URI imdsBase, Duration timeout, String userAgent, Clock clock) {
    this(imdsBase, timeout, userAgent, HttpClients.local(), clock);
  }

  /**
   * A source with a client that is shared.
   *
   * @param client must have {@link HttpClient.Builder#NO_PROXY} and follow no redirects
   * @see #ImdsTokenSource(URI, Duration, String, Clock)
   */
  public ImdsTokenSource(
      URI imdsBase, Duration timeout, String userAgent, HttpClient client, Clock clock) {
    this.base = ImdsRequests.checkedBase(imdsBase);
    this.userAgent = requireNonNull(userAgent, "userAgent");
    if (!client.proxy().equals(Optional.of(HttpClient.Builder.NO_PROXY))) {
      throw new IllegalArgumentException("the client must have NO_PROXY: IMDS refuses proxies");
    }
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("the client must not follow redirects");
    }
    this.calls = new BoundedCalls(client, timeout, MAX_BODY);
    this.grace = new AssignmentGrace(clock);
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    IdentityChoice choice = choice(query);
    String whose = whose(query);
    HttpRequest request =
        HttpRequest.newBuilder(ImdsRequests.token(base, query.resource(), choice))
            .header("Metadata", "true")
            .header("User-Agent", userAgent)
            .build();
    HttpResponse<byte[]> response = send(request, whose);
    AzureIdentity identity =
        query.subject() instanceof TokenQuery.Bound bound ? bound.identity() : null;
    if (ImdsErrors.isNotThere(response)) {
      // Nobody is about to assign an identity for an exempt pod.
      throw ImdsErrors.notThere(whose, identity != null && grace.mayStillCome(identity));
    }
    if (response.statusCode() != 200) {
      throw ImdsErrors.of(whose, response);
    }
    if (identity != null) {
      grace.isThere(identity);
    }
    return List.of(ImdsAnswer.token(response.body(), query, whose));
  }

  private HttpResponse<byte[]> send(HttpRequest request, String whose) {
    try {
      return calls.send(request);
    } catch (IOException e) {
      throw new PodIdentityException(
          ErrorReason.TOKEN_UNAVAILABLE,
          "cannot get a token for %s: the metadata service at %s does not answer (%s)"
              .formatted(whose, base, e.getClass().getSimpleName()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up getting a token for " + whose, e);
    }
  }

  private static IdentityChoice choice(TokenQuery query) {
    if (query.subject() instanceof TokenQuery.OfNode node) {
      return node.choice();
    }
    Credential credential = ((TokenQuery.Bound) query.subject()).identity().credential();
    if (credential instanceof Credential.ManagedIdentity managed) {
      return new IdentityChoice(managed.clientId(), null);
    }
    String problem =
        credential instanceof Credential.Unusable unusable
            ? unusable.problem()
            : "it is a service principal, and the metadata service serves managed identities only";
    throw new PodIdentityException(
        ErrorReason.IDENTITY_INVALID,
        "cannot get a token for %s: %s".formatted(whose(query), problem));
  }

  /** For messages. What an exempt pod sent is not repeated: it may hold anything. */
  private static String whose(TokenQuery query) {
    if (query.subject() instanceof TokenQuery.Bound bound) {
      return "AzureIdentity " + bound.identity().name();
    }
    boolean any = ((TokenQuery.OfNode) query.subject()).choice().isAny();
    return any ? "the node's default identity" : "the identity of the node that was asked for";
  }
}
