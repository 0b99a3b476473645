package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.TestHttp;
import io.podidentity.testkit.http.RecordedRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
// https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
class FakeImdsTest {
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01"
          + "&resource=https%3A%2F%2Fmanagement.azure.com%2F";

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2020-07-29T00:00:00Z"));
  private final FakeAzure azure = new FakeAzure(clock);
  private final UserAssignedIdentity one = azure.createIdentity(Ids.identity("One"));
  private final UserAssignedIdentity two = azure.createIdentity(Ids.identity("Two"));
  private final FakeImds imds;
  private final TestHttp http = TestHttp.plain();

  FakeImdsTest() {
    azure.createCompute(Ids.VM);
    imds = FakeImds.startFor(azure, Ids.VM);
  }

  @AfterEach
  void stop() {
    imds.close();
  }

  @Test
  void tokenReplyHoldsStringsOnly() throws IOException {
    azure.attach(Ids.VM, one);

    HttpResponse<String> answer = get(TOKEN + "&client_id=" + one.clientId());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("application/json; charset=utf-8");
    JsonNode body = json(answer);
    assertThat(body.properties()).allMatch(member -> member.getValue().isString());
    assertThat(body.path("expires_in").asString()).isEqualTo("86400");
    assertThat(body.path("ext_expires_in").asString()).isEqualTo("86400");
    assertThat(body.path("expires_on").asString()).isEqualTo("1596067200");
    assertThat(body.path("not_before").asString()).isEqualTo("1595980500");
    assertThat(body.path("refresh_token").asString()).isEmpty();
    assertThat(body.path("resource").asString()).isEqualTo("https://management.azure.com/");
    assertThat(body.path("token_type").asString()).isEqualTo("Bearer");
    assertThat(body.path("client_id").asString()).isEqualTo(one.clientId());
  }

  @Test
  void tokenNamesItsIdentity() throws IOException {
    azure.attach(Ids.VM, one);

    String token = token(get(TOKEN + "&client_id=" + one.clientId()));

    assertThat(FakeTokens.clientIdOf(token)).isEqualTo(one.clientId());
    assertThat(FakeTokens.resourceIdOf(token)).isEqualTo(Ids.identity("One"));
    JsonNode claims = FakeTokens.claimsOf(token);
    assertThat(claims.path("oid").asString()).isEqualTo(one.principalId());
    assertThat(claims.path("sub").asString()).isEqualTo(one.principalId());
    assertThat(claims.path("aud").asString()).isEqualTo("https://management.azure.com/");
    assertThat(claims.path("exp").asLong()).isEqualTo(1596067200L);
  }

  // The page's table: bad_request_102; "the value must be specified as true, in all lower case".
  @ParameterizedTest
  @ValueSource(strings = {"True", "TRUE", "1", "false"})
  void metadataHeaderMustBeTrueInLowerCase(String value) throws IOException {
    HttpResponse<String> answer = http.get(imds.uri() + TOKEN, "Metadata", value);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"bad_request_102\","
                + "\"error_description\":\"Required metadata header not specified\"}");
  }

  @Test
  void requestWithoutMetadataHeaderIsRefusedForEveryPath() throws IOException {
    assertThat(http.get(imds.uri() + "/nowhere").statusCode()).isEqualTo(400);
  }

  @Test
  void forwardedRequestIsRefused() throws IOException {
    azure.attach(Ids.VM, one);
    assertThat(http.get(imds.uri() + TOKEN, "Metadata", "true", "X-Forwarded-For", "10.0.0.1"))
        .matches(answer -> answer.statusCode() == 400)
        .matches(answer -> answer.body().contains("X-Forwarded-For"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE"})
  void onlyGetIsAllowed(String method) throws IOException {
    HttpResponse<String> answer = http.send(method, imds.uri() + TOKEN, "", "Metadata", "true");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET");
  }

  @Test
  void missingVersionIsAnsweredWithTheNewestOnes() throws IOException {
    HttpResponse<String> answer = get("/metadata/instance");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").asString())
        .isEqualTo(
            "Bad request. api-version was not specified in the request. For more information refer"
                + " to aka.ms/azureimds");
    assertThat(json(answer).path("newest-versions").size()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2017-12-01", "latest", "2018-2-1"})
  void tokensNeedAVersionThatHasThem(String version) throws IOException {
    azure.attach(Ids.VM, one);
    HttpResponse<String> answer = get(TOKEN.replace("2018-02-01", version));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).has("newest-versions")).isTrue();
  }

  @Test
  void resourceIsRequired() throws IOException {
    HttpResponse<String> answer = get("/metadata/identity/oauth2/token?api-version=2018-02-01");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error_description").asString())
        .isEqualTo("Required audience parameter not specified");
  }

  @Test
  void rejectedResourceIsInvalid() throws IOException {
    azure.attach(Ids.VM, one);
    azure.rejectResource("https://management.azure.com/");
    HttpResponse<String> answer = get(TOKEN);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").asString()).isEqualTo("invalid_resource");
    assertThat(json(answer).path("error_description").asString()).startsWith("AADSTS500011: ");
  }

  @Test
  void parameterGivenTwiceIsRefused() throws IOException {
    azure.attach(Ids.VM, one);
    assertThat(get(TOKEN + "&resource=other").statusCode()).isEqualTo(400);
  }

  @Test
  void identityCanBeNamedByAnyOneOfFourParameters() throws IOException {
    azure.attach(Ids.VM, one, two);
    for (String name :
        new String[] {
          "client_id=" + two.clientId(),
          "object_id=" + two.principalId(),
          "msi_res_id=" + Ids.identity("two"),
          "mi_res_id=" + Ids.identity("TWO")
        }) {
      assertThat(FakeTokens.clientIdOf(token(get(TOKEN + "&" + name))))
          .as(name)
          .isEqualTo(two.clientId());
    }
  }

  @Test
  void identityMustNotBeNamedTwice() throws IOException {
    azure.attach(Ids.VM, one);
    HttpResponse<String> answer =
        get(TOKEN + "&client_id=" + one.clientId() + "&msi_res_id=" + Ids.identity("one"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").asString()).isEqualTo("invalid_request");
  }

  // https://github.com/Azure/aad-pod-identity/issues/778
  @Test
  void identityThatIsNotAttachedHereIsNotFound() throws IOException {
    azure.attach(Ids.VM, two);
    HttpResponse<String> answer = get(TOKEN + "&client_id=" + one.clientId());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo("{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}");
  }

  @Test
  void detachedIdentityIsNotFoundAlthoughItsTokenWasCached() throws IOException {
    azure.attach(Ids.VM, one);
    assertThat(get(TOKEN).statusCode()).isEqualTo(200);
    azure.detach(Ids.VM, Ids.identity("ONE"));
    assertThat(get(TOKEN).statusCode()).isEqualTo(400);
  }

  @Test
  void deletedIdentityIsNotFoundAlthoughItIsListed() throws IOException {
    azure.attach(Ids.VM, one);
    azure.removeIdentity(Ids.identity("one"));
    assertThat(get(TOKEN + "&client_id=" + one.clientId()).statusCode()).isEqualTo(400);
    azure.createIdentity(Ids.identity("one"));
    assertThat(get(TOKEN).statusCode()).as("another of the same name").isEqualTo(400);
    assertThat(azure.compute(Ids.VM).orElseThrow().identity().user()).hasSize(1);
  }

  // "What identity will IMDS default to if I don't specify the identity in the request?"
  // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-faq
  @Test
  void systemAssignedIdentityIsTheDefault() throws IOException {
    azure.attach(Ids.VM, one, two);
    SystemAssignedIdentity system = SystemAssignedIdentity.create();
    azure.change(Ids.VM, vm -> vm.withIdentity(vm.identity().withSystem(system)));

    String token = token(get(TOKEN));
    assertThat(FakeTokens.clientIdOf(token)).isEqualTo(system.clientId());
    assertThat(FakeTokens.resourceIdOf(token)).isEqualTo(Ids.VM);
  }

  @Test
  void onlyUserAssignedIdentityIsTheDefault() throws IOException {
    azure.attach(Ids.VM, two);
    assertThat(FakeTokens.clientIdOf(token(get(TOKEN)))).isEqualTo(two.clientId());
  }

  // https://github.com/Azure/aad-pod-identity/issues/1084
  @Test
  void amongSeveralUserAssignedIdentitiesOneMustBeNamed() throws IOException {
    azure.attach(Ids.VM, one, two);
    HttpResponse<String> answer = get(TOKEN);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"invalid_request\",\"error_description\":\"Multiple user assigned"
                + " identities exist, please specify the clientId / resourceId of the identity in"
                + " the token request\"}");
  }

  @Test
  void machineWithoutIdentityHasNoToken() throws IOException {
    assertThat(json(get(TOKEN)).path("error_description").asString())
        .isEqualTo("Identity not found");
  }

  // Cached about 24 hours, cannot be forced (FAQ above); renewed when asked an hour later
  // (https://github.com/Azure/aad-pod-identity/issues/980).
  @Test
  void tokenIsGivenAgainForAnHour() throws IOException {
    azure.attach(Ids.VM, one);
    HttpResponse<String> first = get(TOKEN);
    clock.advance(Duration.ofMinutes(59));
    HttpResponse<String> again = get(TOKEN);
    clock.advance(Duration.ofMinutes(1));
    HttpResponse<String> renewed = get(TOKEN);

    assertThat(token(again)).isEqualTo(token(first));
    assertThat(json(again).path("expires_in").asString()).isEqualTo("82860");
    assertThat(token(renewed)).isNotEqualTo(token(first));
  }

  @Test
  void tokensOfTwoResourcesDiffer() throws IOException {
    azure.attach(Ids.VM, one);
    String other = TOKEN.replace("management.azure.com%2F", "vault.azure.net");
    assertThat(token(get(other))).isNotEqualTo(token(get(TOKEN)));
  }

  @Test
  void cacheIsBypassedOnRequest() throws IOException {
    azure.attach(Ids.VM, one);
    String cached = token(get(TOKEN));
    assertThat(token(get(TOKEN + "&bypass_cache=true"))).isNotEqualTo(cached);
  }

  @Test
  void shortLivedTokenIsGivenAgainForHalfItsLife() throws IOException {
    azure.attach(Ids.VM, one);
    imds.tokenLifetime(Duration.ofSeconds(60));
    HttpResponse<String> first = get(TOKEN);
    assertThat(json(first).path("expires_in").asString()).isEqualTo("60");
    clock.advance(Duration.ofSeconds(29));
    assertThat(token(get(TOKEN))).isEqualTo(token(first));
    clock.advance(Duration.ofSeconds(1));
    assertThat(token(get(TOKEN))).isNotEqualTo(token(first));
  }

  @Test
  void pathsAreTakenInAnyCase() throws IOException {
    azure.attach(Ids.VM, one);
    assertThat(get(TOKEN.replace("/metadata", "/Metadata")).statusCode()).isEqualTo(200);
    assertThat(get(TOKEN.replace("oauth2", "OAuth2")).statusCode()).isEqualTo(200);
  }

  @Test
  void infoTellsTheTenant() throws IOException {
    HttpResponse<String> answer = get("/metadata/identity/info?api-version=2018-02-01");
    assertThat(json(answer).path("tenantId").asString()).isEqualTo(azure.tenantId());
  }

  @Test
  void instanceDescribesTheMachine() throws IOException {
    JsonNode compute = json(get("/metadata/instance?api-version=2021-02-01")).path("compute");
    assertThat(compute.path("name").asString()).isEqualTo("aks-node-0");
    assertThat(compute.path("resourceId").asString()).isEqualTo(Ids.VM);
    assertThat(compute.path("subscriptionId").asString()).isEqualTo(Ids.SUBSCRIPTION);
    assertThat(compute.path("resourceGroupName").asString()).isEqualTo("MC_Demo");
    assertThat(compute.path("vmScaleSetName").asString()).isEmpty();
  }

  @Test
  void unknownPathIsNotFound() throws IOException {
    assertThat(get("/metadata/identity/oauth2/tokens?api-version=2018-02-01").statusCode())
        .isEqualTo(404);
  }

  @Test
  void requestsAreRecorded() throws IOException {
    get(TOKEN);
    RecordedRequest request = imds.requests().all().get(0);
    assertThat(request.path()).isEqualTo("/metadata/identity/oauth2/token");
    assertThat(request.queryParameter("resource")).contains("https://management.azure.com/");
    assertThat(request.header("Metadata")).contains("true");
    assertThat(request.at()).isEqualTo(clock.instant());
  }

  private HttpResponse<String> get(String path) throws IOException {
    return http.get(imds.uri() + path, "Metadata", "true");
  }

  private static String token(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("access_token").asString();
  }
}
