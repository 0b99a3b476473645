package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.compute.models.ResourceIdentityType;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ComputeResourceTest {
  private static final URI ENDPOINT = URI.create("https://management.azure.com");
  private static final ComputeResource MACHINE =
      new ComputeResource(ComputeTarget.virtualMachine("sub", "group", "vm"));
  private static final ComputeResource SCALE_SET =
      new ComputeResource(ComputeTarget.scaleSet("sub", "group", "vmss"));

  /**
   * Source: https://learn.microsoft.com/rest/api/compute/virtual-machines/get, "Get a Virtual
   * Machine", with the identity of
   * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/qs-configure-rest-vm.
   */
  private static final String MACHINE_JSON =
      """
      {
        "name": "vm",
        "id": "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Compute/virtualMachines/vm",
        "type": "Microsoft.Compute/virtualMachines",
        "location": "westus",
        "tags": {"env": "prod"},
        "etag": "\\"1\\"",
        "identity": {
          "type": "SystemAssigned, UserAssigned",
          "principalId": "a1c2e3f4-0000-4000-8000-000000000001",
          "tenantId": "a1c2e3f4-0000-4000-8000-000000000002",
          "userAssignedIdentities": {
            "/subscriptions/sub/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ID1": {
              "principalId": "a1c2e3f4-0000-4000-8000-000000000003",
              "clientId": "a1c2e3f4-0000-4000-8000-000000000004"
            }
          }
        },
        "properties": {
          "vmId": "133eb3fd-77a9-4bb1-b3ad-33b4ec9ed6a1",
          "provisioningState": "Succeeded",
          "timeCreated": "2021-06-27T01:02:38.3138469+00:00",
          "hardwareProfile": {"vmSize": "Standard_D2s_v3"},
          "storageProfile": {"osDisk": {"osType": "Linux", "createOption": "FromImage"}}
        },
        "zones": ["1"]
      }
      """;

  @Test
  void readsAVirtualMachine() {
    IdentityState state = MACHINE.read(bytes(MACHINE_JSON));

    assertThat(state.systemAssigned()).isTrue();
    assertThat(state.userAssigned())
        .containsExactly(
            "/subscriptions/sub/resourcegroups/group/providers/microsoft.managedidentity"
                + "/userassignedidentities/id1");
    assertThat(state.provisioningState()).isEqualTo("Succeeded");
    assertThat(state.etag()).isEqualTo("\"1\"");
  }

  @Test
  void readsAScaleSet() {
    IdentityState state =
        SCALE_SET.read(
            bytes(
                """
                {
                  "name": "vmss",
                  "location": "westus",
                  "sku": {"name": "Standard_D2s_v3", "tier": "Standard", "capacity": 3},
                  "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/X": {}}},
                  "properties": {"provisioningState": "Deleting", "orchestrationMode": "Uniform"}
                }
                """));

    assertThat(state).isEqualTo(new IdentityState(false, java.util.Set.of("/x"), "Deleting", null));
    assertThat(state.isDeleting()).isTrue();
  }

  @Test
  void aResourceWithoutIdentityHasNone() {
    IdentityState state = MACHINE.read(bytes("{\"location\": \"westus\", \"properties\": {}}"));

    assertThat(state).isEqualTo(new IdentityState(false, java.util.Set.of(), "", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"systemassigned", "SystemAssigned,UserAssigned", "SomethingNew", "SystemAssigned"})
  void aSystemAssignedIdentityIsSeenWhateverTheTypeLooksLike(String type) {
    String json = "{\"identity\": {\"type\": \"%s\", \"principalId\": \"p\"}}".formatted(type);

    assertThat(MACHINE.read(bytes(json)).systemAssigned()).isTrue();
    assertThat(SCALE_SET.read(bytes(json)).systemAssigned()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>secret</html>", "{\"identity\": \"secret\"}", "[]", "{"})
  void whatIsNoResourceIsAnErrorThatDoesNotQuoteIt(String body) {
    assertThatThrownBy(() -> MACHINE.read(bytes(body)))
        .isInstanceOf(PodIdentityException.class)
        .hasNoCause()
        .hasMessageContaining("virtual machine /subscriptions/sub")
        .hasMessageNotContaining("secret");
  }

  /** The bodies of v1, as its log shows them. */
  @Test
  void writesOnlyWhatChanges() {
    IdentityDelta delta =
        new IdentityDelta(
            ResourceIdentityType.SYSTEM_ASSIGNED_USER_ASSIGNED,
            List.of("/a"),
            List.of("/d"),
            false);
    String expected =
        "{\"identity\":{\"type\":\"SystemAssigned, UserAssigned\","
            + "\"userAssignedIdentities\":{\"/a\":{},\"/d\":null}}}";

    assertThat(text(MACHINE.patch(delta))).isEqualTo(expected);
    assertThat(text(SCALE_SET.patch(delta))).isEqualTo(expected);
  }

  @Test
  void writesNoMapWhereNothingIsLeft() {
    IdentityDelta delta =
        new IdentityDelta(ResourceIdentityType.NONE, List.of(), List.of("/d"), true);

    assertThat(text(MACHINE.patch(delta))).isEqualTo("{\"identity\":{\"type\":\"None\"}}");
    assertThat(text(SCALE_SET.patch(delta))).isEqualTo("{\"identity\":{\"type\":\"None\"}}");
  }

  @Test
  void namesInUrlsAreEncoded() {
    ComputeResource odd =
        new ComputeResource(ComputeTarget.virtualMachine("sub", "Grün_(1)", "vm"));

    assertThat(odd.url(ENDPOINT, "2024-07-01"))
        .hasToString(
            "https://management.azure.com/subscriptions/sub/resourceGroups/Gr%C3%BCn_%281%29"
                + "/providers/Microsoft.Compute/virtualMachines/vm?api-version=2024-07-01");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
