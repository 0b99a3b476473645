package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.azure.config.CloudConfig;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The cluster's own credentials fail: it is said once in a try, and tried again, and no more. */
final class FailingCredentialsTest {
  private static final String CLIENT = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";
  private static final String NO_TOKEN = "no token for Azure Resource Manager";

  @Test
  void aWrongSecretIsToldAndTriedAgain() {
    try (ReconciledCluster cluster =
        new ReconciledCluster(azure -> azure.adapter(principal(azure), ArmOptions.DEFAULT))) {
      // MSAL4J counts the life of a token by the system's clock.
      cluster.azure().clock().set(Instant.now());
      register(cluster, "another");

      failsUntil(cluster, "AADSTS7000215", () -> register(cluster, "secret-of-the-cluster"));
      assertThat(cluster.failures().toString()).doesNotContain("secret-of-the-cluster");
    }
  }

  @Test
  void soIsAMetadataServiceThatDoesNotKnowTheClustersIdentity() {
    Reply unknown =
        Reply.json(
            400, Map.of("error", "invalid_request", "error_description", "Identity not found"));
    metadataServiceFails(Fault.reply(unknown));
  }

  @Test
  void soIsOneThatDoesNotAnswer() {
    metadataServiceFails(Fault.of(Fault.Kind.HANG_UP));
  }

  private static void metadataServiceFails(Fault fault) {
    try (ReconciledCluster cluster = new ReconciledCluster()) {
      cluster.azure().simulated().imds().faults().always(fault);

      failsUntil(cluster, NO_TOKEN, () -> cluster.azure().simulated().imds().faults().clear());
    }
  }

  private static void failsUntil(ReconciledCluster cluster, String text, Runnable mended) {
    cluster.pod("web", MACHINE);
    cluster.start();
    assertThat(cluster.failures()).singleElement().asString().contains(text);
    assertThat(cluster.assigned()).isZero();

    cluster.advance(seconds(2));
    assertThat(cluster.failures()).hasSizeGreaterThan(1).allMatch(line -> line.contains(text));
    assertThat(cluster.assigned()).isZero();

    mended.run();
    cluster.advance(seconds(180));
    assertThat(cluster.assigned()).isEqualTo(1);
    assertThat(cluster.azure().names(MACHINE)).containsExactly("web");
  }

  private static void register(ReconciledCluster cluster, String secret) {
    SimulatedCluster azure = cluster.azure();
    azure
        .simulated()
        .entra()
        .register(EntraApplication.withSecret(azure.azure().tenantId(), CLIENT, secret));
  }

  private static CloudConfig principal(SimulatedCluster azure) {
    return new CloudConfig(
        "AzureStackCloud",
        azure.azure().tenantId(),
        CLIENT,
        "secret-of-the-cluster",
        SimulatedCluster.SUBSCRIPTION,
        SimulatedCluster.GROUP,
        false,
        "");
  }
}
