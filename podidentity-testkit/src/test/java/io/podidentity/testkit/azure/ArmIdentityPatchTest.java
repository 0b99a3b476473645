package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static io.podidentity.testkit.azure.ArmFixture.VERSION;
import static io.podidentity.testkit.azure.ArmFixture.add;
import static io.podidentity.testkit.azure.ArmFixture.remove;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/qs-configure-rest-vm
// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/qs-configure-rest-vmss
class ArmIdentityPatchTest {
  private final ArmFixture azure = new ArmFixture();

  @AfterEach
  void stop() {
    azure.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {Ids.VM, Ids.VMSS})
  void emptyObjectAddsAndNullRemovesAndTheOthersStay(String id) throws IOException {
    azure.azure.attach(id, azure.one, azure.two);

    HttpResponse<String> answer =
        azure.patchIdentity(id, "UserAssigned", add("Three"), remove("One"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(azure.identitiesOf(id)).isEqualTo("UserAssigned [Two, Three]");
    assertThat(json(answer).at("/identity/userAssignedIdentities").properties()).hasSize(2);
  }

  @Test
  void identityIsFoundInAnyCaseAndKeptAsTheFirstWriterWroteIt() throws IOException {
    String lower = Ids.identity("One").toLowerCase(Locale.ROOT);
    azure.patch(Ids.VM, patchOf("UserAssigned", "\"" + lower + "\":{}"));
    azure.patchIdentity(Ids.VM, "UserAssigned", add("ONE"));

    assertThat(
            json(azure.get(Ids.VM + VERSION)).at("/identity/userAssignedIdentities").properties())
        .singleElement()
        .matches(entry -> entry.getKey().equals(lower))
        .matches(
            entry -> entry.getValue().path("clientId").asString().equals(azure.one.clientId()));

    azure.patchIdentity(Ids.VM, "UserAssigned", add("Two"), remove("oNe"));
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [Two]");
  }

  @Test
  void absentMapLeavesTheUserAssignedAlone() throws IOException {
    azure.azure.attach(Ids.VM, azure.one);
    assertThat(azure.patchIdentity(Ids.VM, "SystemAssigned, UserAssigned").statusCode())
        .isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("SystemAssigned, UserAssigned [One]");
  }

  @Test
  void bodyWithoutIdentityChangesNoIdentity() throws IOException {
    azure.azure.attach(Ids.VM, azure.one);
    assertThat(azure.patch(Ids.VM, "{\"tags\":{\"a\":\"b\"}}").statusCode()).isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One]");
  }

  @Test
  void typeNoneRemovesAll() throws IOException {
    withSystem(Ids.VMSS);
    azure.azure.attach(Ids.VMSS, azure.one, azure.two);
    assertThat(azure.patchIdentity(Ids.VMSS, "None").statusCode()).isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VMSS)).isEqualTo("None []");
  }

  @Test
  void typeSystemAssignedRemovesAllUserAssigned() throws IOException {
    SystemAssignedIdentity system = withSystem(Ids.VM);
    azure.azure.attach(Ids.VM, azure.one);
    assertThat(azure.patchIdentity(Ids.VM, "SystemAssigned").statusCode()).isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("SystemAssigned []");
    assertThat(azure.azure.compute(Ids.VM).orElseThrow().identity().system()).isEqualTo(system);
  }

  @Test
  void typeUserAssignedAloneDropsTheSystemAssigned() throws IOException {
    withSystem(Ids.VM);
    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", add("One")).statusCode()).isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SystemAssigned, UserAssigned",
        "SystemAssigned,UserAssigned",
        "userassigned , systemassigned"
      })
  void bothTypesKeepTheSystemAssigned(String type) throws IOException {
    SystemAssignedIdentity system = withSystem(Ids.VM);
    assertThat(azure.patchIdentity(Ids.VM, type, add("One")).statusCode()).isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("SystemAssigned, UserAssigned [One]");
    assertThat(azure.azure.compute(Ids.VM).orElseThrow().identity().system()).isEqualTo(system);
  }

  // https://github.com/Azure/azure-policy/issues/1311 (a virtual machine)
  @Test
  void identityThatDoesNotExistIsNamed() throws IOException {
    HttpResponse<String> answer =
        azure.patchIdentity(Ids.VM, "UserAssigned", add("One"), add("nobody"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(code(answer)).isEqualTo("FailedIdentityOperation");
    assertThat(json(answer).at("/error/message").asString())
        .isEqualTo(
            "Identity operation for resource '"
                + Ids.VM
                + "' failed with error 'Failed to perform resource identity operation. Status:"
                + " 'BadRequest'. Response: '{\"error\":{\"code\":\"BadRequest\",\"message\":\"Resource"
                + " '"
                + Ids.identity("nobody")
                + "' was not found.\"}}'.'.");
    assertThat(azure.identitiesOf(Ids.VM)).as("nothing was done").isEqualTo("None []");
  }

  @Test
  void identityThatWasDeletedCanStillBeRemoved() throws IOException {
    azure.azure.attach(Ids.VM, azure.one, azure.two);
    azure.azure.removeIdentity(Ids.identity("One"));
    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", remove("One")).statusCode())
        .isEqualTo(200);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [Two]");
  }

  // https://github.com/Azure/aad-pod-identity/issues/585, for the list issue 339
  @Test
  void identitiesThatTheCallerMayNotAssignAreListed() throws IOException {
    azure.azure.denyAssign(Ids.identity("one"));
    azure.azure.denyAssign(Ids.identity("two"));
    HttpResponse<String> answer =
        azure.patchIdentity(Ids.VMSS, "UserAssigned", add("One"), add("Two"), add("Three"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(code(answer)).isEqualTo("LinkedAuthorizationFailed");
    assertThat(json(answer).at("/error/message").asString())
        .startsWith("The client 'caller-app' with object id 'caller-object' has permission")
        .contains("'Microsoft.Compute/virtualMachineScaleSets/write' on scope '" + Ids.VMSS + "'")
        .contains(
            "linked scope(s) '" + Ids.identity("One") + "," + Ids.identity("Two") + "' or the");

    azure.azure.allowAssign(Ids.identity("one"));
    azure.azure.allowAssign(Ids.identity("two"));
    assertThat(azure.patchIdentity(Ids.VMSS, "UserAssigned", add("One")).statusCode())
        .isEqualTo(200);
  }

  // https://github.com/Azure/aad-pod-identity/issues/214
  @ParameterizedTest
  @ValueSource(strings = {"SystemAssigned", "None"})
  void mapDoesNotGoWithATypeWithoutUserAssigned(String type) throws IOException {
    azure.azure.attach(Ids.VM, azure.one);
    HttpResponse<String> answer = azure.patchIdentity(Ids.VM, type, remove("One"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":{\"code\":\"InvalidParameter\",\"message\":\"ResourceIdentity identityIds"
                + " should not be provided if the type is \\\""
                + type
                + "\\\".\",\"target\":\"resourceIdentity.identityIds\"}}");
  }

  // https://github.com/microsoft/CromwellOnAzure/pull/765
  @ParameterizedTest
  @ValueSource(strings = {"UserAssigned", "SystemAssigned, UserAssigned"})
  void typeWithUserAssignedNeedsOneToBeLeft(String type) throws IOException {
    azure.azure.attach(Ids.VM, azure.one);
    HttpResponse<String> answer = azure.patchIdentity(Ids.VM, type, remove("One"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(code(answer)).isEqualTo("MissingIdentityIds");
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One]");
  }

  // https://github.com/Azure/aad-pod-identity/issues/556
  @Test
  void sameIdentityInTwoSpellingsIsADuplicate() throws IOException {
    HttpResponse<String> answer =
        azure.patchIdentity(Ids.VM, "UserAssigned", add("One"), add("one"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asString())
        .contains("cannot be duplicated in the provided identityIds list");
  }

  // https://github.com/Azure/terraform-provider-azapi/issues/840
  @Test
  void entryMayOnlyBeEmptyOrNullOrAsItIsShown() throws IOException {
    azure.azure.attach(Ids.VM, azure.one);
    String shown =
        "{\"clientId\":\""
            + azure.one.clientId()
            + "\",\"principalId\":\""
            + azure.one.principalId()
            + "\"}";
    String key = "\"" + Ids.identity("One") + "\":";
    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", key + shown).statusCode())
        .isEqualTo(200);
    for (String wrong : new String[] {"{\"clientId\":\"x\"}", "true", "\"\""}) {
      HttpResponse<String> answer = azure.patchIdentity(Ids.VM, "UserAssigned", key + wrong);
      assertThat(code(answer)).as(wrong).isEqualTo("InvalidIdentityValues");
    }
  }

  @Test
  void keyMustBeTheIdOfAnIdentity() throws IOException {
    for (String key : new String[] {"nonsense", Ids.VM}) {
      HttpResponse<String> answer =
          azure.patchIdentity(Ids.VM, "UserAssigned", "\"" + key + "\":{}");
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(code(answer)).isEqualTo("LinkedInvalidPropertyId");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"identity\":{}}",
        "{\"identity\":{\"type\":\"Some\"}}",
        "{\"identity\":{\"type\":\"None, UserAssigned\"}}"
      })
  void malformedBodyIsRefused(String body) throws IOException {
    HttpResponse<String> answer = azure.patch(Ids.VM, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(code(answer)).isEqualTo("InvalidRequestContent");
  }

  private SystemAssignedIdentity withSystem(String id) {
    SystemAssignedIdentity system = SystemAssignedIdentity.create();
    azure.azure.change(id, found -> found.withIdentity(found.identity().withSystem(system)));
    return system;
  }

  private static String patchOf(String type, String entry) {
    return "{\"identity\":{\"type\":\"" + type + "\",\"userAssignedIdentities\":{" + entry + "}}}";
  }

  private static String code(HttpResponse<String> answer) {
    return json(answer).at("/error/code").asString();
  }
}
