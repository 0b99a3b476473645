package io.podidentity.example.planning;

import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import java.util.List;

/** The {@code spec} of an {@code AzureIdentity}; what is wrong with one is told by the plan. */
final class Credentials {
  private Credentials() {}

  static Credential of(Fields spec) {
    String type = spec.text("type");
    try {
      return switch (type) {
        case "", "0" ->
            new Credential.ManagedIdentity(
                new ResourceId(spec.text("resourceID")), new ClientId(spec.text("clientID")));
        case "1" -> new Credential.ClientSecret(principal(spec));
        case "2" -> new Credential.ClientCertificate(principal(spec));
        default -> new Credential.Unusable("unknown type " + type);
      };
    } catch (IllegalArgumentException e) {
      return new Credential.Unusable(String.valueOf(e.getMessage()));
    }
  }

  /** No plan depends on the tenants and the endpoint, beyond the first. */
  private static Credential.ServicePrincipal principal(Fields spec) {
    Fields secret = spec.at("clientPassword");
    return new Credential.ServicePrincipal(
        spec.text("tenantID"),
        new ClientId(spec.text("clientID")),
        new NamespacedName(secret.text("namespace"), secret.text("name")),
        List.of(),
        null);
  }
}
