package io.podidentity.azure.arm;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.entra.EntraClient;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.azure.imds.ImdsTokenSource;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** Puts together what a program needs to change identities. */
public final class ArmClients {
  /** The metadata service promises an answer within 10 s; Entra ID promises nothing. */
  private static final Duration TOKEN_LIMIT = Duration.ofSeconds(30);

  private ArmClients() {}

  /**
   * The identities of virtual machines and scale sets, as {@code azure.json} says. Makes no call
   * yet.
   *
   * @param trust whose certificates are taken; see {@link
   *     io.podidentity.azure.config.CertificateAuthorities}
   * @param imdsBase the metadata service, for a managed identity: {@code http://169.254.169.254:80}
   * @param userAgent the {@code User-Agent} header of all calls
   * @param timer for the waits while a change goes on
   * @param telemetry is told of each read and each change
   */
  public static ComputeIdentities computeIdentities(
      CloudConfig config,
      AzureCloud cloud,
      SSLContext trust,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock,
      Timer timer,
      Telemetry telemetry) {
    TokenCredential credential =
        config.useManagedIdentityExtension()
            ? ArmCredentials.managedIdentity(
                config, cloud, new ImdsTokenSource(imdsBase, TOKEN_LIMIT, userAgent, clock))
            : ArmCredentials.servicePrincipal(config, cloud, entra(cloud, trust, clock));
    return new ArmComputeIdentities(
        cloud, credential, httpClient(trust, options), userAgent, options, clock, timer, telemetry);
  }

  private static EntraClient entra(AzureCloud cloud, SSLContext trust, Clock clock) {
    return new EntraClient(
        cloud.activeDirectoryEndpoint(), HttpClients.cloud(trust).build(), TOKEN_LIMIT, clock);
  }

  private static HttpClient httpClient(SSLContext trust, ArmOptions options) {
    return new JdkHttpClientBuilder(HttpClients.cloud(trust))
        // It would read the environment.
        .configuration(Configuration.NONE)
        .connectionTimeout(HttpClients.CONNECT_LIMIT)
        .responseTimeout(options.callLimit())
        .readTimeout(options.callLimit())
        // Off: it would hand every request to another thread.
        .writeTimeout(Duration.ZERO)
        .build();
  }
}
