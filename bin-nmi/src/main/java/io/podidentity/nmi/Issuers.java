package io.podidentity.nmi;

import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.TokenServices;
import io.podidentity.azure.entra.EntraTokenSource;
import io.podidentity.azure.entra.SecretScope;
import io.podidentity.azure.imds.ImdsTokenSource;
import io.podidentity.azure.imds.OwnTokensOnly;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.KubernetesSecrets;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;

/** Who issues tokens to the pods of a node: IMDS and Entra ID. */
final class Issuers {
  /** IMDS promises an answer within 10 s. */
  private static final Duration IMDS_TIMEOUT = Duration.ofSeconds(10);

  /** For one tenant's token; Entra ID promises nothing. */
  private static final Duration ENTRA_TIMEOUT = Duration.ofSeconds(15);

  private Issuers() {}

  /**
   * Both of them.
   *
   * @param metadataClient for IMDS; must use no proxy and follow no redirects
   * @param metrics counts Secrets that cannot be read
   */
  static TokenSource of(
      NmiOptions options,
      KubernetesConnection kubernetes,
      String userAgent,
      HttpClient metadataClient,
      NmiMetrics metrics,
      Clock clock) {
    TokenSource imds =
        new ImdsTokenSource(
            options.metadata().uri(), IMDS_TIMEOUT, userAgent, metadataClient, clock);
    return new TokenServices(
        options.identities().foreignClientIds() ? imds : new OwnTokensOnly(imds),
        entra(options, kubernetes, userAgent, metrics, clock));
  }

  private static TokenSource entra(
      NmiOptions options,
      KubernetesConnection kubernetes,
      String userAgent,
      NmiMetrics metrics,
      Clock clock) {
    EntraOptions entra = options.entra();
    NmiOptions.Identities how = options.identities();
    return new EntraTokenSource(
        entra.endpoints(),
        new CountedSecrets(new KubernetesSecrets(kubernetes), metrics),
        new SecretScope(how.forceNamespaced() || how.managed(), entra.ownSecretsOnly()),
        entra.access().client(),
        userAgent,
        ENTRA_TIMEOUT,
        clock);
  }
}
