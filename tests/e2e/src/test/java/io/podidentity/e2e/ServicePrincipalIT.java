package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.http.TestCertificate;
import io.podidentity.testkit.http.TestCertificates;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Identities of type 1 and 2: upstream's test/e2e/service_principal_test.go and more. */
@EndToEnd
final class ServicePrincipalIT {

  private static final String TENANT = FakeAzure.DEFAULT_TENANT;

  private final String clientId = UUID.randomUUID().toString();

  @Test
  void podGetsATokenByClientSecret(EndToEndCluster cluster, Scene scene) {
    register(cluster, TENANT, "s3cret");
    scene.secret("app", Map.of("clientSecret", "s3cret".getBytes(UTF_8)));
    scene.bindBySpec("principal", spec(scene, 1, ""));

    TokenAnswer answer = TokenAnswer.of(pod(cluster, scene).askForToken());

    assertThat(answer.clientId()).isEqualTo(clientId);
    assertThat(answer.member("resource")).isEqualTo("https://management.azure.com/");
  }

  @Test
  void podGetsATokenByCertificate(EndToEndCluster cluster, Scene scene) {
    TestCertificate certificate = TestCertificates.selfSigned("app");
    cluster
        .azure()
        .putApplication(new AzureState.Application(clientId, TENANT, null, certificate.pem()));
    scene.secret(
        "app",
        Map.of("certificate", certificate.pkcs12("p4ss"), "password", "p4ss".getBytes(UTF_8)));
    scene.bindBySpec("principal", spec(scene, 2, ""));

    TokenAnswer answer = TokenAnswer.of(pod(cluster, scene).askForToken());

    assertThat(answer.clientId()).isEqualTo(clientId);
  }

  @Test
  void auxiliaryTenantsMakeTheAnswerAnArrayThePrimaryOneFirst(
      EndToEndCluster cluster, Scene scene) {
    String other = UUID.randomUUID().toString();
    register(cluster, TENANT, "s3cret");
    register(cluster, other, "s3cret");
    scene.secret("app", Map.of("clientSecret", "s3cret".getBytes(UTF_8)));
    scene.bindBySpec("principal", spec(scene, 1, ", auxiliaryTenantIDs: [" + other + "]"));

    HttpAnswer answer = pod(cluster, scene).askForToken();

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode tokens = JsonMapper.shared().readTree(answer.body());
    assertThat(tokens.isArray()).isTrue();
    assertThat(tokens.valueStream().map(token -> TokenAnswer.parse(token.toString()).clientId()))
        .containsExactly(clientId, clientId);
  }

  @Test
  void endpointOfTheIdentitysOwnChoiceIsRefusedForGood(EndToEndCluster cluster, Scene scene) {
    register(cluster, TENANT, "s3cret");
    scene.secret("app", Map.of("clientSecret", "s3cret".getBytes(UTF_8)));
    // Nobody could be reached there.
    scene.bindBySpec("principal", spec(scene, 1, ", adEndpoint: 'https://192.0.2.1/'"));

    HttpAnswer answer = pod(cluster, scene).askForToken();

    assertRefused(answer, 403, "identity-not-permitted");
  }

  @Test
  void wrongSecretIsRefusedForGoodWithEntrasNumber(EndToEndCluster cluster, Scene scene) {
    register(cluster, TENANT, "s3cret");
    scene.secret("app", Map.of("clientSecret", "gu3ss".getBytes(UTF_8)));
    scene.bindBySpec("principal", spec(scene, 1, ""));

    HttpAnswer answer = pod(cluster, scene).askForToken();

    assertRefused(answer, 403, "token-refused");
    assertThat(answer.body()).contains("AADSTS7000215").doesNotContain("gu3ss");
  }

  @Test
  void entraThatFailsIs503(EndToEndCluster cluster, Scene scene) {
    register(cluster, TENANT, "s3cret");
    scene.secret("app", Map.of("clientSecret", "s3cret".getBytes(UTF_8)));
    scene.bindBySpec("principal", spec(scene, 1, ""));
    Map<String, ?> away = Map.of("status", 503, "headers", Map.of("Retry-After", "9"));
    try (var fault = cluster.azure().fault("entra", away)) {
      assertRefused(pod(cluster, scene).askForToken(), 503, "token-unavailable", 9);
    }
  }

  @Test
  void missingSecretIs503(EndToEndCluster cluster, Scene scene) {
    // With it NMI may read Secrets here.
    scene.secret("other", Map.of());
    scene.bindBySpec("principal", spec(scene, 1, ""));

    HttpAnswer answer = pod(cluster, scene).askForToken();

    assertRefused(answer, 503, "identity-invalid");
    assertThat(answer.body()).contains(scene.namespace() + "/app does not exist");
  }

  @Test
  void certificateThatIsNoneIs503(EndToEndCluster cluster, Scene scene) {
    scene.secret("app", Map.of("certificate", "no PKCS#12".getBytes(UTF_8)));
    scene.bindBySpec("principal", spec(scene, 2, ""));

    assertRefused(pod(cluster, scene).askForToken(), 503, "identity-invalid");
  }

  @Test
  void fourAuxiliaryTenantsAre503(EndToEndCluster cluster, Scene scene) {
    register(cluster, TENANT, "s3cret");
    scene.secret("app", Map.of("clientSecret", "s3cret".getBytes(UTF_8)));
    String tenants =
        ", auxiliaryTenantIDs: [one.example, two.example, three.example, four.example]";
    scene.bindBySpec("principal", spec(scene, 1, tenants));

    assertRefused(pod(cluster, scene).askForToken(), 503, "identity-invalid");
  }

  @Test
  @MayBeDenied("get /api/v1/namespaces/t\\d+/secrets/app")
  void secretOfANamespaceThatNmiMayNotReadIsNotReadAndMayBeLater(
      EndToEndCluster cluster, Scene scene) {
    register(cluster, TENANT, "s3cret");
    scene.bindBySpec("principal", spec(scene, 1, ""));

    HttpAnswer answer = pod(cluster, scene).askForToken();

    assertThat(answer.status()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains("grant get on secrets, as deploy/rbac does");
    assertThat(answer.header("Retry-After")).isNotEmpty();
  }

  private void register(EndToEndCluster cluster, String tenant, String secret) {
    cluster.azure().putApplication(new AzureState.Application(clientId, tenant, secret, null));
  }

  private String spec(Scene scene, int type, String more) {
    return "{type: %d, tenantID: %s, clientID: %s, clientPassword: {name: app, namespace: %s}%s}"
        .formatted(type, TENANT, clientId, scene.namespace(), more);
  }

  private static TestPod pod(EndToEndCluster cluster, Scene scene) {
    return scene.pod("principal", cluster.vm(), "principal");
  }
}
