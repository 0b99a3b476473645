package io.podidentity.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.http.TestCertificate;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets are planted, used well and badly, and looked for in all that MIC and the NMIs wrote. */
@EndToEnd
final class SecretsInLogsIT {

  private static final String TENANT = FakeAzure.DEFAULT_TENANT;

  /** Every token of Entra ID, of IMDS and of a service account begins so: Base64 of JSON. */
  private static final String TOKEN_START = "eyJ";

  private final List<String> secrets = new ArrayList<>(List.of(TOKEN_START));

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void noneIsInAnyLog(String format, EndToEndCluster cluster, Scene scene) {
    boolean json = format.equals("json");
    TestNode node = json ? cluster.firstInstance() : cluster.vm();

    withManagedIdentity(scene, node);
    withClientSecret(cluster, scene, node, "right", 200);
    withClientSecret(cluster, scene, node, "wrong", 403);
    withCertificate(cluster, scene, node, "right", 200);
    withCertificate(cluster, scene, node, "wrong", 503);

    Path log = cluster.nmi(node).process().log();
    // They are written by a thread of their own.
    for (String status : List.of("status (200)", "status (403)", "status (503)")) {
      Await.until("a line has " + status, Duration.ofSeconds(20), () -> read(log).contains(status));
    }
    assertThat(read(log).contains("{\"ts\":")).isEqualTo(json);
    for (Path each : cluster.logFiles()) {
      assertThat(read(each)).as(each.toString()).isNotEmpty().doesNotContain(secrets);
    }
  }

  /** Also in the pod's name by {@code /host/token/}, with its line in the audit log. */
  private void withManagedIdentity(Scene scene, TestNode node) {
    TestPod pod = scene.boundPod("managed", node, scene.identity("managed"));
    secrets.add(TokenAnswer.of(pod.askForToken()).token());
    HttpAnswer host =
        Curl.in(node.network().namespace())
            .request(
                "http://127.0.0.1:2579/host/token/?resource=https://vault.azure.net",
                "-H",
                "podname: " + pod.name(),
                "-H",
                "podns: " + pod.namespace());
    secrets.add(TokenAnswer.ofHost(host).token());
  }

  private void withClientSecret(
      EndToEndCluster cluster, Scene scene, TestNode node, String name, int expected) {
    String clientId = UUID.randomUUID().toString();
    String known = planted("known-to-entra-" + name);
    String inSecret = expected == 200 ? known : planted("in-the-secret-" + name);
    cluster.azure().putApplication(new AzureState.Application(clientId, TENANT, known, null));

    ask(
        scene,
        node,
        "secret-" + name,
        1,
        clientId,
        Map.of("s", inSecret.getBytes(UTF_8)),
        expected);
  }

  private void withCertificate(
      EndToEndCluster cluster, Scene scene, TestNode node, String name, int expected) {
    String clientId = UUID.randomUUID().toString();
    TestCertificate certificate = TestCertificates.selfSigned("app-" + name);
    String password = planted("password-" + name);
    byte[] file = certificate.pkcs12(password);
    secrets.add(Base64.getEncoder().encodeToString(file).substring(0, 40));
    cluster
        .azure()
        .putApplication(new AzureState.Application(clientId, TENANT, null, certificate.pem()));
    String inSecret = expected == 200 ? password : planted("another-password");

    ask(
        scene,
        node,
        "certificate-" + name,
        2,
        clientId,
        Map.of("certificate", file, "password", inSecret.getBytes(UTF_8)),
        expected);
  }

  private void ask(
      Scene scene,
      TestNode node,
      String name,
      int type,
      String clientId,
      Map<String, byte[]> secret,
      int expected) {
    scene.secret(name, secret);
    scene.bindBySpec(
        name,
        "{type: %d, tenantID: %s, clientID: %s, clientPassword: {name: %s, namespace: %s}}"
            .formatted(type, TENANT, clientId, name, scene.namespace()));
    HttpAnswer answer = scene.pod(name, node, name).askForToken();

    assertThat(answer.status()).as(answer.body()).isEqualTo(expected);
    if (expected == 200) {
      secrets.add(TokenAnswer.of(answer).token());
    } else {
      assertThat(answer.body()).doesNotContain(secrets);
    }
  }

  private String planted(String name) {
    String secret = name + "-" + UUID.randomUUID();
    secrets.add(secret);
    return secret;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
