package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.failure;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.azure.CapturedLog;
import io.podidentity.azure.Failures;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CertificateAuthorities;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.IdentityBlock;
import io.podidentity.testkit.azure.SystemAssignedIdentity;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As whom, and whether at all, Resource Manager is asked. */
final class ArmAccessTest {
  private static final String CLIENT = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";
  private static final String SECRET = "s3cr~t.With+Odd/Letters";

  private final SimulatedCluster cluster = new SimulatedCluster();

  @TempDir private Path folder;

  @BeforeEach
  void createIdentities() {
    cluster.create("A");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void asksAsTheNamedManagedIdentity() {
    cluster.adapter().update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
    assertThat(cluster.simulated().imds().requests().all()).hasSize(1);
    assertThat(cluster.simulated().imds().requests().all().get(0).queryParameters())
        .containsEntry("client_id", List.of(cluster.config().userAssignedIdentityId()))
        .containsEntry("resource", List.of(cluster.simulated().armUri() + "/"));
    assertThat(cluster.simulated().entra().requests().all()).isEmpty();
  }

  @Test
  void asksAsTheSystemAssignedIdentityWhereNoneIsNamed() {
    String control = cluster.azure().computes().get(0).id().text();
    cluster
        .azure()
        .change(
            control,
            compute ->
                compute.withIdentity(
                    IdentityBlock.NONE.withSystem(SystemAssignedIdentity.create())));

    cluster.adapter(managed(""), ArmOptions.DEFAULT).update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.simulated().imds().requests().all().get(0).queryParameters())
        .containsOnlyKeys("api-version", "resource");
  }

  @Test
  void asksAsTheManagedIdentityWhoseResourceIdIsGiven() {
    String id = SimulatedCluster.identityId("cluster").value();

    cluster.adapter(managed(id), ArmOptions.DEFAULT).update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.simulated().imds().requests().all().get(0).queryParameters())
        .containsEntry("msi_res_id", List.of(id));
  }

  @Test
  void asksAsTheServicePrincipalAndNobodyButTheAuthorityIsTold() {
    useRealTime();
    register(SECRET);

    try (CapturedLog log = new CapturedLog()) {
      cluster.adapter(principal(SECRET), ArmOptions.DEFAULT).update(MACHINE, ids("A"), Set.of());

      assertThat(log.everything()).doesNotContain(SECRET).doesNotContain("eyJ");
    }
    assertThat(cluster.names(MACHINE)).containsExactly("a");
    assertThat(cluster.simulated().imds().requests().all()).isEmpty();
    assertThat(cluster.simulated().entra().requests().all()).hasSize(1);
    assertThat(cluster.simulated().entra().requests().all().get(0).formFields().get("scope"))
        .first()
        .asString()
        .contains(cluster.simulated().armUri() + "//.default");
  }

  @Test
  void aTokenIsFetchedOnceForAllWhoNeedIt() throws Exception {
    ComputeIdentities adapter = cluster.adapter();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      CompletableFuture<?>[] updates =
          Stream.generate(
                  () ->
                      CompletableFuture.runAsync(
                          () -> adapter.update(MACHINE, Set.of(), ids("A")), threads))
              .limit(8)
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(updates).join();
    } finally {
      threads.shutdownNow();
    }
    adapter.update(SCALE_SET, Set.of(), ids("A"));

    assertThat(cluster.simulated().imds().requests().all()).hasSize(1);
  }

  @Test
  void aTokenIsFetchedAnewFiveMinutesBeforeItsEnd() {
    cluster.simulated().imds().tokenLifetime(Duration.ofHours(1));
    ComputeIdentities adapter = cluster.adapter();

    adapter.update(MACHINE, ids("A"), Set.of());
    cluster.clock().advance(Duration.ofMinutes(54));
    adapter.update(MACHINE, Set.of(), ids("A"));
    assertThat(cluster.simulated().imds().requests().all()).hasSize(1);

    cluster.clock().advance(Duration.ofMinutes(1));
    adapter.update(MACHINE, ids("A"), Set.of());
    assertThat(cluster.simulated().imds().requests().all()).hasSize(2);
  }

  @Test
  void aTokenThatResourceManagerRefusesIsForgotten() {
    ComputeIdentities adapter = cluster.adapter();
    adapter.update(MACHINE, ids("A"), Set.of());
    cluster
        .simulated()
        .arm()
        .faults()
        .next(Fault.reply(Reply.json(401, Map.of("error", Map.of("code", "ExpiredToken")))));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, Set.of(), ids("A")));
    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("check the cluster's own credential");

    adapter.update(MACHINE, Set.of(), ids("A"));
    assertThat(cluster.simulated().imds().requests().all()).hasSize(2);
  }

  @Test
  void aFailureToGetATokenIsNotKept() {
    ComputeIdentities adapter = cluster.adapter();
    cluster
        .simulated()
        .imds()
        .faults()
        .next(Fault.reply(Reply.empty(429).retryAfter(Duration.ofSeconds(7))));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));
    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error.retryAfter()).hasValue(Duration.ofSeconds(7));
    assertThat(error).hasMessageContaining("no token for Azure Resource Manager");

    // At once, and not when some cache of azure-core allows it.
    adapter.update(MACHINE, ids("A"), Set.of());
    assertThat(cluster.names(MACHINE)).containsExactly("a");
    assertThat(cluster.timer().waits()).isEmpty();
  }

  @Test
  void aWrongSecretIsSaidSoAndNotShown() {
    useRealTime();
    register("another");

    try (CapturedLog log = new CapturedLog()) {
      PodIdentityException error =
          failure(
              () ->
                  cluster
                      .adapter(principal(SECRET), ArmOptions.DEFAULT)
                      .update(MACHINE, ids("A"), Set.of()));

      // Not a fault of the identities that were to be assigned.
      assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
      assertThat(error).hasMessageContaining("invalid_client, AADSTS7000215");
      assertThat(Failures.everything(error) + log.everything()).doesNotContain(SECRET);
    }
  }

  @Test
  void tokensAndSecretsAreInNoLogAndNoError() {
    cluster.simulated().arm().faults().next(Fault.status(500));
    try (CapturedLog log = new CapturedLog()) {
      ComputeIdentities adapter = cluster.adapter();
      String error =
          Failures.everything(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())));
      adapter.update(MACHINE, ids("A"), Set.of());

      assertThat(log.lines()).anyMatch(line -> line.contains("identities changed"));
      assertThat(error + log.everything()).doesNotContain("eyJ").doesNotContain("Bearer ");
    }
  }

  @Test
  void anAuthorityOfOnesOwnIsTrustedWithItsBundleOnly() throws IOException {
    Path bundle =
        Files.writeString(
            folder.resolve("ca.pem"), "# The cloud's own.\n" + cluster.simulated().caPem());

    PodIdentityException error = failure(() -> update(CertificateAuthorities.trusting(null)));
    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("SSL_CERT_FILE");
    assertThat(cluster.simulated().arm().requests().all()).isEmpty();

    update(CertificateAuthorities.trusting(bundle));
    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void anEntraOfOnesOwnIsTrustedWithItsBundleOnly() throws IOException {
    useRealTime();
    register(SECRET);
    Path bundle = Files.writeString(folder.resolve("ca.pem"), cluster.simulated().caPem());

    assertThat(failure(() -> update(principal(SECRET), CertificateAuthorities.trusting(null))))
        .hasMessageContaining("Entra ID");
    assertThat(cluster.simulated().entra().requests().all()).isEmpty();

    update(principal(SECRET), CertificateAuthorities.trusting(bundle));
    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  /** The files by which the programs find a simulated Azure. */
  @Test
  void worksWithTheFilesOfTheSimulator() throws IOException {
    cluster.simulated().writeFiles(folder, state());
    CloudConfig config = CloudConfig.fromFile(folder.resolve("azure.json"));
    AzureCloud cloud = AzureCloud.named(config.cloud(), folder.resolve("azure-environment.json"));

    SSLContext trust = CertificateAuthorities.trusting(folder.resolve("ca.pem"));
    cluster
        .clients(cloud, trust, ArmOptions.DEFAULT)
        .computeIdentities(config, cluster.timer(), Telemetry.NOOP)
        .update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
    assertThat(cluster.arm("PATCH").get(0).query()).isEqualTo("api-version=2019-12-01");
  }

  private void update(SSLContext trust) {
    update(cluster.config(), trust);
  }

  private void update(CloudConfig config, SSLContext trust) {
    cluster
        .clients(cluster.cloud(), trust, ArmOptions.DEFAULT)
        .computeIdentities(config, cluster.timer(), Telemetry.NOOP)
        .update(MACHINE, ids("A"), Set.of());
  }

  /** MSAL4J counts the life of a token by the system's clock. */
  private void useRealTime() {
    cluster.clock().set(Instant.now());
  }

  private void register(String secret) {
    cluster
        .simulated()
        .entra()
        .register(EntraApplication.withSecret(cluster.azure().tenantId(), CLIENT, secret));
  }

  private CloudConfig managed(String identity) {
    return new CloudConfig(
        "AzureStackCloud",
        "",
        "",
        "",
        SimulatedCluster.SUBSCRIPTION,
        SimulatedCluster.GROUP,
        true,
        identity);
  }

  private CloudConfig principal(String secret) {
    return new CloudConfig(
        "AzureStackCloud",
        cluster.azure().tenantId(),
        CLIENT,
        secret,
        SimulatedCluster.SUBSCRIPTION,
        SimulatedCluster.GROUP,
        false,
        "");
  }

  private AzureState state() {
    AzureState.Cluster place =
        new AzureState.Cluster(
            SimulatedCluster.SUBSCRIPTION,
            SimulatedCluster.GROUP,
            "vmss",
            cluster.config().userAssignedIdentityId());
    return new AzureState(List.of(), List.of(), List.of(), List.of(), place);
  }
}
