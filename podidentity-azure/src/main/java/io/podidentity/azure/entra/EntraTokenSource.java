package io.podidentity.azure.entra;

import static java.util.Objects.requireNonNull;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.IClientCredential;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.SecretReader;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.http.RecentSet;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets tokens for service principals, by the secret or the certificate in a Kubernetes Secret,
 * which is read each time. The secret goes to a permitted endpoint only, and comes from a permitted
 * namespace only. Keeping tokens and asking again belong to what is wrapped around it. Thread-safe.
 *
 * <p>It serves {@code AzureIdentity} objects of type 1 and 2; anything else is refused with {@code
 * IDENTITY_INVALID}.
 *
 * @see <a
 *     href="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow">
 *     The client credentials flow</a>
 */
public final class EntraTokenSource implements TokenSource {
  private static final Logger log = LoggerFactory.getLogger(EntraTokenSource.class);

  private final AuthorityEndpoints endpoints;
  private final SecretReader secrets;
  private final SecretScope scope;
  private final Supplier<HttpClient> client;
  private final String userAgent;
  private final Duration timeout;
  private final Clock clock;
  private final RecentSet<Object> warned = new RecentSet<>(1000);
  private final Fingerprints fingerprints = new Fingerprints();
  private final SigningKeys keys = new SigningKeys();

  /**
   * A source.
   *
   * @param endpoints where secrets may be sent
   * @param secrets where they come from
   * @param scope which of them an identity may use
   * @param client follows no redirects; asked for when the first token is needed, and each time
   *     after, so it should give the same one
   * @param userAgent the {@code User-Agent} header
   * @param timeout how long one request to Entra ID may take; positive
   * @param clock stamps the tokens
   */
  public EntraTokenSource(
      AuthorityEndpoints endpoints,
      SecretReader secrets,
      SecretScope scope,
      Supplier<HttpClient> client,
      String userAgent,
      Duration timeout,
      Clock clock) {
    this.endpoints = requireNonNull(endpoints, "endpoints");
    this.secrets = requireNonNull(secrets, "secrets");
    this.scope = requireNonNull(scope, "scope");
    this.client = requireNonNull(client, "client");
    this.userAgent = requireNonNull(userAgent, "userAgent");
    this.timeout = requireNonNull(timeout, "timeout");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    return fetch(query, Budget.UNLIMITED);
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query, Budget budget) {
    return issue(query, budget).tokens();
  }

  @Override
  public Issued issue(TokenQuery query, Budget budget) {
    if (!(query.subject() instanceof TokenQuery.Bound bound)) {
      throw invalid("the node's identity", "Entra ID is asked for service principals only");
    }
    AzureIdentity identity = bound.identity();
    Credential.ServicePrincipal principal = principal(identity);
    String whose = "AzureIdentity " + identity.name();

    // All that can be known without the secret, before it is read.
    URI endpoint = endpoints.choose(principal.authorityEndpoint(), identity);
    List<String> tenants = Tenants.of(identity, principal);
    if (scope.isForeign(principal.secret(), identity)) {
      warnOnce(
          identity,
          "AzureIdentity uses a Secret of another namespace; --refuse-foreign-secrets forbids it",
          "secret=" + principal.secret());
    }

    SecretData secret =
        secrets
            .read(principal.secret())
            .orElseThrow(
                () -> SecretEntries.unusable(whose, principal.secret() + " does not exist"));
    String fingerprint = fingerprints.of(secret);
    IClientCredential credential = credential(identity, principal, secret, fingerprint, whose);
    EntraClient entra = new EntraClient(endpoint, client.get(), userAgent, timeout, clock);
    List<AccessToken> tokens = new ArrayList<>();
    for (String tenant : tenants) {
      if (!tokens.isEmpty()) {
        budget.takeAnother();
      }
      tokens.add(
          entra.token(
              "%s (application %s in tenant %s)".formatted(whose, principal.clientId(), tenant),
              tenant,
              principal.clientId(),
              credential,
              query.resource()));
    }
    return new Issued(tokens, fingerprint);
  }

  /** By what is in the Secret, which is read only if it may be used. */
  @Override
  public String fingerprint(TokenQuery query) {
    if (!(query.subject() instanceof TokenQuery.Bound bound)) {
      return "";
    }
    AzureIdentity identity = bound.identity();
    Credential.ServicePrincipal principal = principal(identity);
    URI unusedEndpoint = endpoints.choose(principal.authorityEndpoint(), identity);
    boolean unusedIsForeign = scope.isForeign(principal.secret(), identity);
    return secrets.read(principal.secret()).map(fingerprints::of).orElse("none");
  }

  private static Credential.ServicePrincipal principal(AzureIdentity identity) {
    Credential credential = identity.credential();
    if (credential instanceof Credential.ClientSecret secret) {
      return secret.principal();
    }
    if (credential instanceof Credential.ClientCertificate certificate) {
      return certificate.principal();
    }
    throw invalid(
        "AzureIdentity " + identity.name(),
        credential instanceof Credential.Unusable unusable
            ? unusable.problem()
            : "it is a managed identity, and Entra ID is asked for service principals only");
  }

  private IClientCredential credential(
      AzureIdentity identity,
      Credential.ServicePrincipal principal,
      SecretData secret,
      String fingerprint,
      String whose) {
    if (identity.credential() instanceof Credential.ClientCertificate) {
      SigningKey key = SecretEntries.certificate(secret, fingerprint, keys, whose);
      return ClientCredentialFactory.createFromCertificateChain(key.key(), key.chain());
    }
    String key = SecretEntries.clientSecretKey(secret, whose);
    if (secret.entries().size() > 1) {
      warnOnce(
          identity,
          "Secret of an AzureIdentity holds several keys; leave the client secret's alone in it",
          "secret=%s keys=%d used=%s".formatted(principal.secret(), secret.entries().size(), key));
    }
    return ClientCredentialFactory.createFromSecret(SecretEntries.clientSecret(secret, key, whose));
  }

  private void warnOnce(AzureIdentity identity, String what, String details) {
    if (warned.add(List.of(identity.name(), identity.uid(), identity.generation(), what))) {
      log.warn("{} identity={} {}", what, identity.name(), details);
    }
  }

  private static PodIdentityException invalid(String whose, String problem) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_INVALID, "cannot get a token for %s: %s".formatted(whose, problem));
  }
}
