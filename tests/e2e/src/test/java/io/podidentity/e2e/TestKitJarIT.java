package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.harness.process.Signal;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The test kit as one jar, as it is published. */
final class TestKitJarIT {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITY =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/id";
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/";

  @Test
  void conformanceRunAsksASimulatedServiceAndPrintsATable() throws Exception {
    FakeAzure azure = new FakeAzure(Clock.systemUTC());
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, azure.createIdentity(IDENTITY));
    try (FakeImds imds = FakeImds.startFor(azure, MACHINE)) {
      assertThat(run(0, "conformance", "--endpoint", imds.uri().toString()))
          .contains("pass  required  a token is given for a resource", "17 of 17 hold")
          .doesNotContain("FAIL");
    }
  }

  @Test
  void simulatedAzureGivesATokenTakesAPatchAndEndsOnSigterm(@TempDir Path folder) throws Exception {
    Path state = folder.resolve("state.json");
    Files.writeString(
        state,
        """
        {"identities": [{"resourceId": "%1$s", "clientId": "own"},
                        {"resourceId": "%1$s-of-pods", "clientId": "of-pods"}],
         "computes": [{"resourceId": "%2$s", "userAssigned": ["%1$s"]}],
         "nodes": [{"name": "node", "compute": "%2$s", "addresses": ["127.0.0.1"]}]}
        """
            .formatted(IDENTITY, MACHINE));
    try (ManagedProcess azure =
        jarWith("azure", "--state=" + state, "--out=" + folder).start("testkit-azure")) {
      String ready = azure.awaitLine(Pattern.compile("^ready .*"), Duration.ofSeconds(30));
      HttpClient http =
          HttpClient.newBuilder().sslContext(trusting(folder.resolve("ca.pem"))).build();
      String token =
          send(
                  http,
                  HttpRequest.newBuilder(URI.create(url(ready, "imds") + TOKEN))
                      .header("Metadata", "true"))
              .path("access_token")
              .asString();
      HttpRequest.Builder machine =
          HttpRequest.newBuilder(
                  URI.create(url(ready, "arm") + MACHINE + "?api-version=2024-07-01"))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json");
      String put =
          "{'identity':{'type':'UserAssigned','userAssignedIdentities':{'%s-of-pods':{}}}}"
              .formatted(IDENTITY)
              .replace('\'', '"');

      send(http, machine.method("PATCH", BodyPublishers.ofString(put)));

      assertThat(
              send(http, machine.GET())
                  .path("identity")
                  .path("userAssignedIdentities")
                  .properties())
          .extracting(identity -> identity.getValue().path("clientId").asString())
          .containsExactlyInAnyOrder("own", "of-pods");
      azure.signal(Signal.TERM);
      assertThat(azure.awaitExit(Duration.ofSeconds(10))).isEqualTo(128 + 15);
    }
  }

  private static JsonNode send(HttpClient http, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static SSLContext trusting(Path pem) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      trusted.setCertificateEntry(
          "azure", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, managers.getTrustManagers(), null);
    return tls;
  }

  private static String url(String ready, String service) {
    Matcher url = Pattern.compile(" " + service + "=(\\S+)").matcher(ready);
    assertThat(url.find()).as(ready).isTrue();
    return url.group(1);
  }

  @Test
  void unknownCommandIsRefused() throws Exception {
    assertThat(run(2, "other")).contains("conformance FLAGS");
  }

  private static String run(int wanted, String... arguments) throws IOException {
    CommandResult result = jarWith(arguments).withTimeout(Duration.ofMinutes(1)).run();
    assertThat(result.exitCode()).as("%s", result).isEqualTo(wanted);
    return result.stdout() + result.stderr();
  }

  private static Command jarWith(String... arguments) throws IOException {
    return Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            jar().toString())
        .withArguments(List.of(arguments));
  }

  private static Path jar() throws IOException {
    try (Stream<Path> built = Files.list(Path.of("..", "..", "podidentity-testkit", "target"))) {
      return built
          .filter(file -> file.toString().endsWith("-runnable.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("the module is not packaged"));
    }
  }
}
