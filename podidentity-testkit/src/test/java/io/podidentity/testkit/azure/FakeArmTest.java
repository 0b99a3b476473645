package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static io.podidentity.testkit.azure.ArmFixture.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

// https://learn.microsoft.com/rest/api/compute/virtual-machines/get
// https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/get
class FakeArmTest {
  private final ArmFixture azure = new ArmFixture();

  @AfterEach
  void stop() {
    azure.close();
  }

  @Test
  void virtualMachineIsShownWithItsIdentities() throws IOException {
    azure.azure.attach(Ids.VM, azure.one);
    SystemAssignedIdentity system = SystemAssignedIdentity.create();
    azure.azure.change(Ids.VM, vm -> vm.withIdentity(vm.identity().withSystem(system)));

    HttpResponse<String> answer = azure.get(Ids.VM + VERSION);

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode body = json(answer);
    assertThat(body.path("id").asString()).isEqualTo(Ids.VM);
    assertThat(body.path("type").asString()).isEqualTo("Microsoft.Compute/virtualMachines");
    assertThat(body.at("/properties/provisioningState").asString()).isEqualTo("Succeeded");
    JsonNode identity = body.path("identity");
    assertThat(identity.path("type").asString()).isEqualTo("SystemAssigned, UserAssigned");
    assertThat(identity.path("principalId").asString()).isEqualTo(system.principalId());
    JsonNode user = identity.path("userAssignedIdentities").path(Ids.identity("One"));
    assertThat(user.path("clientId").asString()).isEqualTo(azure.one.clientId());
    assertThat(user.path("principalId").asString()).isEqualTo(azure.one.principalId());
  }

  @Test
  void resourceWithoutIdentityHasNoIdentityMember() throws IOException {
    assertThat(json(azure.get(Ids.VMSS + VERSION)).has("identity")).isFalse();
  }

  @Test
  void groupsAndNamesAreFoundInAnyCaseAndShownAsFirstWritten() throws IOException {
    for (String id : new String[] {Ids.VM, Ids.VMSS, Ids.identity("Two")}) {
      String lower = id.toLowerCase(Locale.ROOT);
      assertThat(json(azure.get(lower + VERSION)).path("id").asString()).isEqualTo(id);
    }
  }

  @Test
  void identityTellsItsClientId() throws IOException {
    JsonNode body = json(azure.get(Ids.identity("One") + "?api-version=2023-01-31"));
    assertThat(body.path("name").asString()).isEqualTo("One");
    assertThat(body.at("/properties/clientId").asString()).isEqualTo(azure.one.clientId());
    assertThat(body.at("/properties/principalId").asString()).isEqualTo(azure.one.principalId());
    assertThat(body.at("/properties/tenantId").asString()).isEqualTo(azure.azure.tenantId());
  }

  @Test
  void missingResourceIsNotFound() throws IOException {
    HttpResponse<String> answer = azure.get(Ids.VM + "x" + VERSION);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(json(answer).at("/error/code").asString()).isEqualTo("ResourceNotFound");
    assertThat(json(answer).at("/error/message").asString())
        .startsWith(
            "The Resource 'Microsoft.Compute/virtualMachines/aks-node-0x' under resource group"
                + " 'MC_Demo' was not found.");
    assertThat(azure.patchIdentity(Ids.VM + "x", "None").statusCode()).isEqualTo(404);
  }

  @Test
  void versionIsRequired() throws IOException {
    HttpResponse<String> answer = azure.get(Ids.VM);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":{\"code\":\"MissingApiVersionParameter\",\"message\":\"The api-version query"
                + " parameter (?api-version=) is required for all requests.\"}}");
  }

  @Test
  void computeVersionMustKnowIdentityMaps() throws IOException {
    assertThat(azure.get(Ids.VM + "?api-version=2017-12-01").statusCode()).isEqualTo(400);
    assertThat(azure.get(Ids.VM + "?api-version=2018-06-01").statusCode()).isEqualTo(200);
    assertThat(azure.get(Ids.VM + "?api-version=soon").statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "POST"})
  void otherMethodsAreNotAllowed(String method) throws IOException {
    assertThat(azure.send(method, Ids.VM + VERSION, "{}").statusCode()).isEqualTo(405);
    assertThat(azure.send(method, Ids.identity("One") + VERSION, "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void tokenIsRequired() throws IOException {
    HttpResponse<String> answer = azure.raw("GET", Ids.VM + VERSION, "");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(json(answer).at("/error/code").asString()).isEqualTo("AuthenticationFailed");
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
        .startsWith("Bearer authorization_uri=\"https://login.windows.net/");
  }

  @Test
  void tokenOfAnotherAzureIsInvalid() throws IOException {
    String foreign =
        new FakeAzure(azure.clock)
            .tokens()
            .issue(
                new FakeTokens.Subject("a", "b", null),
                "https://management.azure.com/",
                Duration.ofHours(1))
            .token();
    assertThat(codeWith("Bearer " + foreign)).isEqualTo("InvalidAuthenticationToken");
    assertThat(codeWith("Bearer x")).isEqualTo("InvalidAuthenticationToken");
    assertThat(codeWith("Basic eDp5")).isEqualTo("AuthenticationFailedInvalidHeader");
  }

  @Test
  void tokenForAnotherAudienceIsRefused() throws IOException {
    String token = azure.token("https://vault.azure.net", Duration.ofHours(1));
    assertThat(codeWith("Bearer " + token)).isEqualTo("InvalidAuthenticationTokenAudience");
  }

  @Test
  void audiencesOfTheCloudAndOfItsOwnUrlAreTaken() throws IOException {
    for (String audience :
        new String[] {
          "https://management.azure.com",
          "https://management.core.windows.net/",
          azure.arm.uri() + "/"
        }) {
      String token = azure.token(audience, Duration.ofHours(1));
      assertThat(
              azure
                  .raw("GET", Ids.VM + VERSION, "", "Authorization", "bearer " + token)
                  .statusCode())
          .as(audience)
          .isEqualTo(200);
    }
  }

  @Test
  void expiredTokenIsRefused() throws IOException {
    String token = azure.token("https://management.azure.com/", Duration.ofMinutes(5));
    azure.clock.advance(Duration.ofMinutes(5));
    assertThat(codeWith("Bearer " + token)).isEqualTo("ExpiredAuthenticationToken");
  }

  // https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
  @Test
  void throttlingIsScripted() throws IOException {
    azure
        .arm
        .faults()
        .next(
            Fault.reply(
                    Reply.json(429, Map.of("error", Map.of("code", "TooManyRequests")))
                        .retryAfter(Duration.ofSeconds(17)))
                .on("PATCH", "/virtualMachines/"));
    assertThat(azure.get(Ids.VM + VERSION).statusCode()).isEqualTo(200);
    HttpResponse<String> throttled = azure.patchIdentity(Ids.VM, "None");
    assertThat(throttled.statusCode()).isEqualTo(429);
    assertThat(throttled.headers().firstValue("Retry-After")).contains("17");
    assertThat(azure.patchIdentity(Ids.VM, "None").statusCode()).isEqualTo(200);
  }

  @Test
  void requestsAreRecordedWithBodies() throws IOException {
    azure.patchIdentity(Ids.VM, "None");
    assertThat(azure.arm.requests().all().get(0).body())
        .isEqualTo("{\"identity\":{\"type\":\"None\"}}");
  }

  private String codeWith(String authorization) throws IOException {
    HttpResponse<String> answer =
        azure.raw("GET", Ids.VM + VERSION, "", "Authorization", authorization);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    return json(answer).at("/error/code").asString();
  }

  // https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource
  @Test
  void permissionsAreAllButToAssignWhatMayNotBeAssigned() throws IOException {
    String permissions = "/providers/Microsoft.Authorization/permissions" + VERSION;
    azure.azure.denyAssign(Ids.identity("Two"));

    for (String id : new String[] {Ids.VM, Ids.VMSS, Ids.identity("One"), Ids.identity("Two")}) {
      JsonNode permission = json(azure.get(id + permissions)).at("/value/0");

      assertThat(permission.at("/actions/0").asString()).isEqualTo("*");
      assertThat(permission.at("/notActions/0").asString(""))
          .isEqualTo(
              id.equals(Ids.identity("Two"))
                  ? "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
                  : "");
    }
    assertThat(
            azure.get(Ids.VM + "/providers/Microsoft.Authorization/locks" + VERSION).statusCode())
        .isEqualTo(404);
  }
}
