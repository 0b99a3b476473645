package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.TestHttp;
import io.podidentity.testkit.http.Pem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulatedAzureTest {
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";

  @Test
  void identityAssignedThroughArmIsServedByTheMetadataServiceAndRemovedAgain() throws IOException {
    try (SimulatedAzure simulated = SimulatedAzure.start()) {
      FakeAzure azure = simulated.azure();
      UserAssignedIdentity own = azure.createIdentity(Ids.identity("cluster"));
      UserAssignedIdentity pod = azure.createIdentity(Ids.identity("pod"));
      azure.createCompute(Ids.VMSS);
      azure.attach(Ids.VMSS, own);
      azure.putNode("node-0", Ids.VMSS, "127.0.0.1");
      TestHttp plain = TestHttp.plain();
      TestHttp tls = TestHttp.trusting(simulated.certificates().clientContext());
      String podToken = simulated.imdsUri() + TOKEN + "r&client_id=" + pod.clientId();

      // The cluster's own identity asks for a token, as MIC does, and assigns the pod's.
      String token =
          json(plain.get(simulated.imdsUri() + TOKEN + simulated.armUri(), "Metadata", "true"))
              .path("access_token")
              .asString();
      assertThat(plain.get(podToken, "Metadata", "true").statusCode()).isEqualTo(400);
      patch(simulated, tls, token, "{}");
      HttpResponse<String> served = plain.get(podToken, "Metadata", "true");
      assertThat(FakeTokens.clientIdOf(json(served).path("access_token").asString()))
          .isEqualTo(pod.clientId());
      patch(simulated, tls, token, "null");
      assertThat(plain.get(podToken, "Metadata", "true").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void servicePrincipalCallsArm() throws IOException {
    try (SimulatedAzure simulated = SimulatedAzure.start()) {
      simulated.azure().createCompute(Ids.VM);
      String tenant = simulated.azure().tenantId();
      simulated.entra().register(EntraApplication.withSecret(tenant, "app", "secret"));
      TestHttp tls = TestHttp.trusting(simulated.certificates().clientContext());
      HttpResponse<String> token =
          tls.postForm(
              simulated.entraUri() + "/" + tenant + "/oauth2/v2.0/token",
              "grant_type",
              "client_credentials",
              "client_id",
              "app",
              "client_secret",
              "secret",
              "scope",
              simulated.armUri() + "//.default");
      HttpResponse<String> vm =
          tls.get(
              simulated.armUri() + Ids.VM + "?api-version=2019-07-01",
              "Authorization",
              "Bearer " + json(token).path("access_token").asString());
      assertThat(vm.statusCode()).as(vm.body()).isEqualTo(200);
    }
  }

  @Test
  void filesLeadClientsToIt(@TempDir Path folder) throws IOException {
    AzureState state =
        AzureState.parse(
            """
            {"computes": [{"resourceId": "%s"}],
             "applications": [{"clientId": "app", "secret": "s3cret"}]}
            """
                .formatted(Ids.VMSS));
    try (SimulatedAzure simulated = SimulatedAzure.start()) {
      simulated.writeFiles(folder.resolve("new"), state);
      Path out = folder.resolve("new");

      assertThat(Pem.parse(Files.readString(out.resolve("ca.pem"))))
          .isEqualTo(Pem.parse(simulated.caPem()));
      JsonNode cloud = read(out.resolve("azure-environment.json"));
      assertThat(cloud.path("name").asString()).isEqualTo("AzureStackCloud");
      assertThat(cloud.path("resourceManagerEndpoint").asString())
          .isEqualTo(simulated.armUri() + "/");
      assertThat(cloud.path("activeDirectoryEndpoint").asString())
          .isEqualTo(simulated.entraUri() + "/");
      // An SDK with one endpoint missing fails with a null pointer.
      assertThat(cloud.properties())
          .filteredOn(member -> member.getValue().isString())
          .hasSize(30)
          .noneMatch(member -> member.getValue().asString().isEmpty());
      JsonNode managed = read(out.resolve("azure.json"));
      assertThat(managed.path("cloud").asString()).isEqualTo("AzureStackCloud");
      assertThat(managed.path("subscriptionId").asString()).isEqualTo(Ids.SUBSCRIPTION);
      assertThat(managed.path("resourceGroup").asString()).isEqualTo("MC_Demo");
      assertThat(managed.path("vmType").asString()).isEqualTo("vmss");
      assertThat(managed.path("useManagedIdentityExtension").asBoolean()).isTrue();
      JsonNode principal = read(out.resolve("azure-service-principal-app.json"));
      assertThat(principal.path("aadClientSecret").asString()).isEqualTo("s3cret");
      assertThat(read(out.resolve("endpoints.json")).path("imds").asString())
          .isEqualTo(simulated.imdsUri().toString());
    }
  }

  @Test
  void hostGivenIsUsedInUrlsAndCertificates() throws IOException {
    SimulatedAzureOptions options =
        SimulatedAzureOptions.defaults()
            .withArm(new InetSocketAddress("0.0.0.0", 0))
            .withHosts(List.of("127.0.0.7"));
    try (SimulatedAzure simulated = SimulatedAzure.start(options)) {
      assertThat(simulated.armUri().getHost()).isEqualTo("127.0.0.7");
      TestHttp tls = TestHttp.trusting(simulated.certificates().clientContext());
      assertThat(tls.get(simulated.armUri() + "/").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void portInUseStopsWhatWasStarted() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int freePort = freePort();
      SimulatedAzureOptions options =
          SimulatedAzureOptions.defaults()
              .withImds(loopback(freePort))
              .withArm(loopback(taken.getLocalPort()));
      assertThatThrownBy(() -> SimulatedAzure.start(options))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("fake-arm")
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
      // The metadata service had been started before Resource Manager failed.
      new ServerSocket(freePort, 1, InetAddress.getLoopbackAddress()).close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static void patch(SimulatedAzure simulated, TestHttp tls, String token, String value)
      throws IOException {
    HttpResponse<String> answer =
        tls.send(
            "PATCH",
            simulated.armUri() + Ids.VMSS + "?api-version=2019-07-01",
            "{\"identity\":{\"type\":\"UserAssigned\",\"userAssignedIdentities\":{\""
                + Ids.identity("pod")
                + "\":"
                + value
                + "}}}",
            "Authorization",
            "Bearer " + token);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static JsonNode read(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }
}
