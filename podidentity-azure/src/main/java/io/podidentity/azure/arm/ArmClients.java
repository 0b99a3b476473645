package io.podidentity.azure.arm;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.azure.config.AllowedSubscriptions;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.entra.EntraClient;
import io.podidentity.azure.http.CloudAccess;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.azure.imds.ImdsTokenSource;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Puts together what a program needs to change identities. */
public final class ArmClients {
  /** The metadata service promises an answer within 10 s; Entra ID promises nothing. */
  private static final Duration TOKEN_LIMIT = Duration.ofSeconds(30);

  private ArmClients() {}

  /**
   * The identities of virtual machines and scale sets, as {@code azure.json} says, in its
   * subscription. Makes no call yet.
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
    return computeIdentities(
        () -> config,
        new AllowedSubscriptions(() -> config, Set.of()),
        cloud,
        () -> HttpClients.cloud(trust),
        url -> null,
        imdsBase,
        userAgent,
        options,
        clock,
        timer,
        telemetry,
        WriteGuard.NONE);
  }

  /**
   * The same, through the proxy and with the certificates of the environment, and as {@code
   * azure.json} says at each moment: after a change of it, as who it says then.
   *
   * @param config gives the same object until it has changed
   * @param permitted whether machines of a subscription may be read and changed, by its ID
   * @param telemetry is told of each read and each change
   * @param guard asked right before each change
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a
   *     certificate cannot be read
   */
  public static ComputeIdentities computeIdentities(
      Supplier<CloudConfig> config,
      Predicate<String> permitted,
      AzureCloud cloud,
      CloudAccess access,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock,
      Timer timer,
      Telemetry telemetry,
      WriteGuard guard) {
    return computeIdentities(
        config,
        permitted,
        cloud,
        access::newClient,
        access::proxyAuthorization,
        imdsBase,
        userAgent,
        options,
        clock,
        timer,
        telemetry,
        guard);
  }

  private static ComputeIdentities computeIdentities(
      Supplier<CloudConfig> config,
      Predicate<String> permitted,
      AzureCloud cloud,
      Supplier<java.net.http.HttpClient.Builder> clients,
      Function<URI, @Nullable String> proxyAuthorization,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock,
      Timer timer,
      Telemetry telemetry,
      WriteGuard guard) {
    HttpClient client = new ProxiedClient(httpClient(clients.get(), options), proxyAuthorization);
    Function<CloudConfig, TokenCredential> credentials =
        credentials(cloud, clients, imdsBase, userAgent, clock);
    return new CurrentComputeIdentities(
        config,
        now ->
            new ArmComputeIdentities(
                cloud,
                credentials.apply(now),
                permitted,
                client,
                userAgent,
                options,
                clock,
                timer,
                telemetry,
                guard));
  }

  /**
   * What the cluster's identity may do, through the proxy and with the certificates of the
   * environment. Makes no call yet.
   *
   * @param imdsBase the metadata service, for a managed identity
   * @param userAgent the {@code User-Agent} header of all calls
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a
   *     certificate cannot be read
   */
  public static ArmRights rights(
      CloudConfig config,
      AzureCloud cloud,
      CloudAccess access,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock) {
    return rights(
        config,
        cloud,
        access::newClient,
        access::proxyAuthorization,
        imdsBase,
        userAgent,
        options,
        clock);
  }

  static ArmRights rights(
      CloudConfig config,
      AzureCloud cloud,
      Supplier<java.net.http.HttpClient.Builder> clients,
      Function<URI, @Nullable String> proxyAuthorization,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock) {
    TokenCredential credential =
        credentials(cloud, clients, imdsBase, userAgent, clock).apply(config);
    return new ArmRights(
        cloud.resourceManagerEndpoint(),
        new ArmHttp(
            cloud.resourceManagerEndpoint(),
            new ProxiedClient(httpClient(clients.get(), options), proxyAuthorization),
            userAgent,
            new KeptToken(credential, cloud.resourceManagerAudience(), clock),
            options.callLimit()));
  }

  private static Function<CloudConfig, TokenCredential> credentials(
      AzureCloud cloud,
      Supplier<java.net.http.HttpClient.Builder> clients,
      URI imdsBase,
      String userAgent,
      Clock clock) {
    Supplier<EntraClient> entra =
        () ->
            new EntraClient(
                cloud.activeDirectoryEndpoint(),
                clients.get().build(),
                userAgent,
                TOKEN_LIMIT,
                clock);
    TokenSource imds = new ImdsTokenSource(imdsBase, TOKEN_LIMIT, userAgent, clock);
    return now ->
        now.useManagedIdentityExtension()
            ? ArmCredentials.managedIdentity(now, cloud, imds)
            : ArmCredentials.servicePrincipal(now, cloud, entra.get());
  }

  private static HttpClient httpClient(
      java.net.http.HttpClient.Builder builder, ArmOptions options) {
    return new JdkHttpClientBuilder(builder)
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
