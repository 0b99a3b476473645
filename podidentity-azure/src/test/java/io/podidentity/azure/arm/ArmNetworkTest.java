package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.azure.config.AllowedSubscriptions;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.http.CloudAccess;
import io.podidentity.testkit.azure.FakeArm;
import io.podidentity.testkit.http.ConnectProxy;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Resource Manager is reached: as azure.json says now, and as the environment says. */
class ArmNetworkTest {
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  // Nobody can look it up: only a proxy can lead there.
  private static final String HOST = "management.arm.invalid";

  private final SimulatedCluster cluster = new SimulatedCluster();
  private AzureCloud cloud = cluster.cloud();
  private final Map<String, String> environment = new HashMap<>();
  private final AtomicReference<CloudConfig> config = new AtomicReference<>(cluster.config());

  @TempDir private Path folder;

  @BeforeEach
  void trustByFile() throws IOException {
    cluster.create("A");
    Path authority = folder.resolve("authority.pem");
    cluster.simulated().certificates().writeCaPem(authority);
    environment.put("SSL_CERT_FILE", authority.toString());
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void certificatesOfTheEnvironmentAreTrusted() {
    adapter(Set.of()).update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void certificatesOfAFolderAreTrusted() {
    environment.remove("SSL_CERT_FILE");
    environment.put("SSL_CERT_DIR", folder.toString());

    adapter(Set.of()).update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void resourceManagerIsAskedThroughTheProxyAndTheMetadataServiceIsNot() throws IOException {
    CERTIFICATES.writeCaPem(folder.resolve("authority.pem"));
    // RFC 7617: base64 of "me:secret".
    try (FakeArm arm =
            FakeArm.start(
                cluster.azure(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                CERTIFICATES.serverContext(List.of(HOST)));
        ConnectProxy proxy = ConnectProxy.to(arm.uri(), "Basic bWU6c2VjcmV0")) {
      environment.put("HTTPS_PROXY", "http://me:secret@" + proxy.address());
      arm.acceptAudience("https://" + HOST);
      cloud =
          new AzureCloud(
              "AzureStackCloud",
              URI.create("https://" + HOST),
              URI.create("https://" + HOST),
              "https://" + HOST + "/",
              "2024-07-01");

      adapter(Set.of()).update(MACHINE, ids("A"), Set.of());

      assertThat(proxy.targets()).isNotEmpty().containsOnly(HOST + ":443");
      assertThat(arm.requests().all())
          .isNotEmpty()
          .allMatch(request -> request.header("Proxy-Authorization").isEmpty());
    }
    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void hostsWithoutProxyAreAskedDirectly() {
    try (ConnectProxy proxy = ConnectProxy.to(cluster.simulated().armUri(), null)) {
      environment.put("HTTPS_PROXY", "http://" + proxy.address());
      environment.put("NO_PROXY", cluster.simulated().armUri().getHost());

      adapter(Set.of()).update(MACHINE, ids("A"), Set.of());

      assertThat(proxy.targets()).isEmpty();
    }
  }

  @Test
  void machinesOfAnAllowedSubscriptionAreChanged() {
    ComputeTarget other = ComputeTarget.scaleSet("Another-Subscription", "group", "vmss");
    cluster.azure().createCompute(other.id().value());

    adapter(Set.of("another-subscription")).update(other, ids("A"), Set.of());

    assertThat(cluster.names(other)).containsExactly("a");
  }

  @Test
  void aChangedConfigurationIsAskedAsFromThenOn() {
    ComputeIdentities adapter = adapter(Set.of());
    adapter.update(MACHINE, ids("A"), Set.of());
    CloudConfig known = config.get();

    config.set(
        new CloudConfig(
            known.cloud(),
            known.tenantId(),
            "",
            "",
            known.subscriptionId(),
            known.resourceGroup(),
            true,
            "99999999-0000-4000-8000-000000000000"));

    // The token of before is not used any more.
    PodIdentityException error =
        SimulatedCluster.failure(() -> adapter.update(MACHINE, Set.of(), ids("A")));
    assertThat(error).hasMessageContaining("no token for Azure Resource Manager");
    config.set(known);
    adapter.update(MACHINE, Set.of(), ids("A"));
    assertThat(cluster.names(MACHINE)).isEmpty();
  }

  @Test
  void whoMayNotWriteAnyMoreReadsAndSendsNoPatch() {
    ComputeIdentities adapter =
        adapter(
            Set.of(),
            () -> {
              throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "the lease is lost");
            });

    PodIdentityException error =
        SimulatedCluster.failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
    assertThat(cluster.arm("GET")).hasSize(1);
    assertThat(cluster.arm("PATCH")).isEmpty();
  }

  private ComputeIdentities adapter(Set<String> subscriptions) {
    return adapter(subscriptions, WriteGuard.NONE);
  }

  private ComputeIdentities adapter(Set<String> subscriptions, WriteGuard guard) {
    ArmClients clients =
        new ArmClients(
            cloud,
            CloudAccess.fromEnvironment(environment::get),
            cluster.simulated().imdsUri(),
            "test-agent",
            ArmOptions.DEFAULT,
            cluster.clock());
    return clients.computeIdentities(
        config::get,
        new AllowedSubscriptions(config::get, subscriptions),
        cluster.timer(),
        Telemetry.NOOP,
        guard);
  }
}
