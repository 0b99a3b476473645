package io.podidentity.azure.arm;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
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

/**
 * Puts together what a program needs of Azure Resource Manager. Nothing here makes a call yet.
 * Immutable and thread-safe.
 */
public final class ArmClients {
  /** The metadata service promises an answer within 10 s; Entra ID promises nothing. */
  private static final Duration TOKEN_LIMIT = Duration.ofSeconds(30);

  private final AzureCloud cloud;
  private final Supplier<java.net.http.HttpClient.Builder> clients;
  private final Function<URI, @Nullable String> proxyAuthorization;
  private final URI imdsBase;
  private final String userAgent;
  private final ArmOptions options;
  private final Clock clock;

  /**
   * Through a proxy, if {@code access} has one, and with its certificates.
   *
   * @param imdsBase the metadata service, for a managed identity: {@code http://169.254.169.254:80}
   * @param userAgent the {@code User-Agent} header of all calls
   */
  public ArmClients(
      AzureCloud cloud,
      CloudAccess access,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock) {
    this(cloud, access::newClient, access::proxyAuthorization, imdsBase, userAgent, options, clock);
  }

  /**
   * Without a proxy.
   *
   * @param trust whose certificates are taken; see {@link
   *     io.podidentity.azure.config.CertificateAuthorities}
   * @param imdsBase the metadata service, for a managed identity: {@code http://169.254.169.254:80}
   * @param userAgent the {@code User-Agent} header of all calls
   */
  public ArmClients(
      AzureCloud cloud,
      SSLContext trust,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock) {
    this(cloud, () -> HttpClients.cloud(trust), url -> null, imdsBase, userAgent, options, clock);
  }

  private ArmClients(
      AzureCloud cloud,
      Supplier<java.net.http.HttpClient.Builder> clients,
      Function<URI, @Nullable String> proxyAuthorization,
      URI imdsBase,
      String userAgent,
      ArmOptions options,
      Clock clock) {
    this.cloud = cloud;
    this.clients = clients;
    this.proxyAuthorization = proxyAuthorization;
    this.imdsBase = imdsBase;
    this.userAgent = userAgent;
    this.options = options;
    this.clock = clock;
  }

  /**
   * The identities of virtual machines and scale sets, as {@code azure.json} says, in its
   * subscription.
   *
   * @param timer for the waits while a change goes on
   * @param telemetry is told of each read and each change
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a
   *     certificate cannot be read
   */
  public ComputeIdentities computeIdentities(CloudConfig config, Timer timer, Telemetry telemetry) {
    return computeIdentities(
        () -> config,
        new AllowedSubscriptions(() -> config, Set.of()),
        timer,
        telemetry,
        WriteGuard.NONE);
  }

  /**
   * The same as {@code azure.json} says at each moment: after a change of it, as who it says then.
   *
   * @param config gives the same object until it has changed
   * @param permitted whether machines of a subscription may be read and changed, by its ID
   * @param timer for the waits while a change goes on
   * @param telemetry is told of each read and each change
   * @param guard asked right before each change
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a
   *     certificate cannot be read
   */
  public ComputeIdentities computeIdentities(
      Supplier<CloudConfig> config,
      Predicate<String> permitted,
      Timer timer,
      Telemetry telemetry,
      WriteGuard guard) {
    HttpClient client = httpClient();
    return new CurrentComputeIdentities(
        config,
        now ->
            new ArmComputeIdentities(
                cloud,
                credential(now),
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
   * What the cluster's identity may do.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a
   *     certificate cannot be read
   */
  public ArmRights rights(CloudConfig config) {
    return new ArmRights(
        cloud.resourceManagerEndpoint(),
        new ArmHttp(
            cloud.resourceManagerEndpoint(),
            httpClient(),
            userAgent,
            new KeptToken(credential(config), cloud.resourceManagerAudience(), clock),
            options.callLimit()));
  }

  private TokenCredential credential(CloudConfig config) {
    return config.useManagedIdentityExtension()
        ? ArmCredentials.managedIdentity(
            config, cloud, new ImdsTokenSource(imdsBase, TOKEN_LIMIT, userAgent, clock))
        : ArmCredentials.servicePrincipal(
            config,
            cloud,
            new EntraClient(
                cloud.activeDirectoryEndpoint(),
                clients.get().build(),
                userAgent,
                TOKEN_LIMIT,
                clock));
  }

  private HttpClient httpClient() {
    HttpClient client =
        new JdkHttpClientBuilder(clients.get())
            // It would read the environment.
            .configuration(Configuration.NONE)
            .connectionTimeout(HttpClients.CONNECT_LIMIT)
            .responseTimeout(options.callLimit())
            .readTimeout(options.callLimit())
            // Off: it would hand every request to another thread.
            .writeTimeout(Duration.ZERO)
            .build();
    return new ProxiedClient(client, proxyAuthorization);
  }
}
