package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.TestHttp;
import io.podidentity.testkit.http.RecordedRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The control endpoint, through its client. */
class SimulatedAzureClientTest {
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com";

  private final SimulatedAzure simulated =
      SimulatedAzure.start(
          SimulatedAzureOptions.defaults().withControl(Loopback.anyPort()).withImdsCompute(Ids.VM));
  private final SimulatedAzureClient client =
      new SimulatedAzureClient(simulated.controlUri().orElseThrow());
  private final TestHttp plain = TestHttp.plain();

  SimulatedAzureClientTest() {
    client.load(
        """
        {"identities": [{"resourceId": "%s", "clientId": "c1"}, {"resourceId": "%s"}],
         "computes": [{"resourceId": "%s", "systemAssigned": {"clientId": "sys"},
                       "userAssigned": ["%s"]}],
         "nodes": [{"name": "n", "compute": "%s", "addresses": ["10.0.0.4"]}],
         "applications": [{"clientId": "app", "secret": "s3cret"}]}
        """
            .formatted(
                Ids.identity("One"), Ids.identity("Two"), Ids.VM, Ids.identity("ONE"), Ids.VM));
  }

  @AfterEach
  void stop() {
    simulated.close();
  }

  @Test
  void stateComesBackWithoutSecrets() {
    AzureState state = client.state();
    assertThat(state.identities()).hasSize(2);
    assertThat(state.identities().get(0).clientId()).isEqualTo("c1");
    assertThat(state.identities().get(1).clientId()).hasSize(36);
    assertThat(state.nodes().get(0).addresses()).containsExactly("10.0.0.4");
    assertThat(state.applications().get(0).clientId()).isEqualTo("app");
    assertThat(client.call("GET", "/state", Map.of())).doesNotContain("s3cret");
  }

  @Test
  void computeIsShownAsItIs() {
    AzureState.ComputeResource vm = client.compute(Ids.VM.toUpperCase(Locale.ROOT)).orElseThrow();
    assertThat(vm.resourceId()).isEqualTo(Ids.VM);
    assertThat(vm.systemAssigned()).isNotNull();
    assertThat(vm.userAssigned()).containsExactly(Ids.identity("One"));
    assertThat(client.compute(Ids.VMSS)).isEmpty();
  }

  @Test
  void resourcesAreAddedAttachedAndRemoved() {
    client.call("PUT", "/computes", Map.of("resourceId", Ids.VMSS));
    client.call("PUT", "/identities", Map.of("resourceId", Ids.identity("Three")));
    String query = "?id=" + Ids.VMSS + "&identity=" + Ids.identity("Three");
    client.call("POST", "/computes/attach" + query, Map.of());
    assertThat(client.compute(Ids.VMSS).orElseThrow().userAssigned()).hasSize(1);
    client.call("POST", "/computes/detach" + query, Map.of());
    assertThat(client.compute(Ids.VMSS).orElseThrow().userAssigned()).isEmpty();
    client.call("DELETE", "/identities?id=" + Ids.identity("Three"), Map.of());
    assertThat(client.state().identities()).hasSize(2);
    client.call("DELETE", "/computes?id=" + Ids.VMSS, Map.of());
    client.call("DELETE", "/nodes?name=n", Map.of());
    client.call("DELETE", "/applications?clientId=app", Map.of());
    AzureState state = client.state();
    assertThat(state.computes()).hasSize(1);
    assertThat(state.nodes()).isEmpty();
    assertThat(state.applications()).isEmpty();
    client.call("PUT", "/nodes", Map.of("name", "m", "compute", Ids.VM));
    client.call("PUT", "/applications", Map.of("clientId", "app2"));
    assertThat(client.state().nodes()).hasSize(1);
    assertThat(client.state().applications()).hasSize(1);
  }

  @Test
  void requestsAreShownFromANumberOnAndForgotten() throws IOException {
    plain.get(simulated.imdsUri() + TOKEN, "Metadata", "true");
    plain.get(simulated.imdsUri() + "/second", "Metadata", "true");

    List<RecordedRequest> all = client.requests("imds", 0);
    assertThat(all).extracting(RecordedRequest::number).containsExactly(1L, 2L);
    assertThat(all.get(0)).isEqualTo(simulated.imds().requests().all().get(0));
    assertThat(client.requests("imds", 1))
        .extracting(RecordedRequest::path)
        .containsExactly("/second");
    client.call("DELETE", "/requests/imds", Map.of());
    assertThat(client.requests("imds", 0)).isEmpty();
    assertThat(client.requests("arm", 0)).isEmpty();
    assertThat(client.requests("entra", 0)).isEmpty();
  }

  @Test
  void faultsAreSetAndCleared() throws IOException {
    client.call(
        "POST",
        "/faults/imds",
        Map.of(
            "status",
            429,
            "body",
            "slow down",
            "headers",
            Map.of("Retry-After", "7"),
            "times",
            0,
            "method",
            "GET",
            "pathContains",
            "/TOKEN"));
    HttpResponse<String> throttled = plain.get(simulated.imdsUri() + TOKEN, "Metadata", "true");
    assertThat(throttled.statusCode()).isEqualTo(429);
    assertThat(throttled.headers().firstValue("Retry-After")).contains("7");
    client.call("DELETE", "/faults/imds", Map.of());
    assertThat(plain.get(simulated.imdsUri() + TOKEN, "Metadata", "true").statusCode())
        .isEqualTo(200);

    client.call("POST", "/faults/imds", Map.of("kind", "hang-up-afterwards", "delayMillis", 1));
    assertThat(simulated.imds().faults().pending()).isEqualTo(1);
  }

  @Test
  void writesAreMadeSlowAndMadeToFail() throws IOException {
    client.call(
        "PUT",
        "/writes",
        Map.of(
            "resourceId", Ids.VM,
            "mode", "async-operation",
            "status", 201,
            "durationMillis", 60_000,
            "retryAfterSeconds", 5));
    client.call(
        "POST",
        "/writes/failures",
        Map.of("resourceId", Ids.VM, "code", "Oops", "message", "m", "times", 2));
    HttpResponse<String> answer = patchVm("{\"tags\":{}}");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("Retry-After")).contains("5");
    assertThat(patchVm("{}").statusCode()).isEqualTo(409);

    client.call(
        "PUT",
        "/computes",
        Map.of("resourceId", Ids.VM, "systemAssigned", Map.of("clientId", "s")));
    client.call("PUT", "/writes", Map.of("resourceId", Ids.VM, "mode", "synchronous"));
    assertThat(TestHttp.json(patchVm("{}")).at("/error/code").asString()).isEqualTo("Oops");
    assertThat(patchVm("{}").statusCode()).isEqualTo(200);
  }

  @Test
  void rightToAssignIsTakenAndGivenBack() throws IOException {
    String body =
        "{\"identity\":{\"type\":\"UserAssigned\",\"userAssignedIdentities\":{\""
            + Ids.identity("Two")
            + "\":{}}}}";
    client.call("POST", "/denied?id=" + Ids.identity("two"), Map.of());
    assertThat(patchVm(body).statusCode()).isEqualTo(403);
    client.call("DELETE", "/denied?id=" + Ids.identity("two"), Map.of());
    assertThat(patchVm(body).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotUnderstoodIsRefusedWithTheReason() {
    assertRefused("GET", "/nowhere", Map.of(), "no such route: /nowhere");
    assertRefused("GET", "/requests/vault", Map.of(), "no simulator 'vault'");
    assertRefused("PUT", "/state", Map.of("a", 1), "try GET");
    assertRefused("POST", "/state", Map.of("identites", List.of()), "identites");
    assertRefused("PUT", "/computes", Map.of("resourceId", "x"), "not a resource ID");
    assertRefused("PUT", "/nodes", Map.of("name", "n"), "node without compute");
    assertRefused("DELETE", "/nodes", Map.of(), "query parameter missing: name");
    assertRefused("POST", "/faults/arm", Map.of("times", 1), "needs a status");
    assertRefused("PUT", "/writes", Map.of("status", 200), "mode missing");
  }

  private void assertRefused(String method, String path, Map<String, ?> body, String reason) {
    assertThatThrownBy(() -> client.call(method, path, body))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(reason);
  }

  private HttpResponse<String> patchVm(String body) throws IOException {
    String token =
        TestHttp.json(
                plain.get(simulated.imdsUri() + TOKEN + "&bypass_cache=true", "Metadata", "true"))
            .path("access_token")
            .asString();
    return TestHttp.trusting(simulated.certificates().clientContext())
        .send(
            "PATCH",
            simulated.armUri() + Ids.VM + "?api-version=2019-07-01",
            body,
            "Authorization",
            "Bearer " + token);
  }
}
