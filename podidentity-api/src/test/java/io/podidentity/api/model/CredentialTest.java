package io.podidentity.api.model;

import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialTest {
  @Test
  void aManagedIdentityNeedsTheIdOfOne() {
    assertThatThrownBy(() -> new Credential.ManagedIdentity(machine("vm").id(), clientId("client")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not name a user-assigned managed identity");
  }

  @Test
  void aServicePrincipalNeedsATenant() {
    assertThatThrownBy(() -> principal("", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tenantID must not be empty");
  }

  @Test
  void theAuxiliaryTenantsAreACopy() {
    List<String> tenants = new ArrayList<>(List.of("one"));
    Credential.ServicePrincipal principal = principal("tenant", tenants);

    tenants.add("two");

    assertThat(principal.auxiliaryTenantIds()).containsExactly("one");
  }

  @Test
  void eachKindTellsItsClientId() {
    Credential.ServicePrincipal principal = principal("tenant", List.of());

    assertThat(new Credential.ClientSecret(principal).clientId()).isEqualTo(clientId("client"));
    assertThat(new Credential.ClientCertificate(principal).clientId())
        .isEqualTo(clientId("client"));
    assertThat(new Credential.ManagedIdentity(identityId("x"), clientId("x")).clientId())
        .isEqualTo(clientId("x"));
    assertThat(new Credential.Unusable("no type 7").clientId()).isNull();
  }

  @Test
  void aSecretAndACertificateOfOnePrincipalDiffer() {
    Credential.ServicePrincipal principal = principal("tenant", List.of());

    assertThat(new Credential.ClientSecret(principal))
        .isNotEqualTo(new Credential.ClientCertificate(principal));
  }

  private static Credential.ServicePrincipal principal(String tenant, List<String> auxiliary) {
    return new Credential.ServicePrincipal(
        tenant, clientId("client"), new NamespacedName("default", "secret"), auxiliary, null);
  }
}
