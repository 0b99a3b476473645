package io.podidentity.k8s;

import static io.podidentity.k8s.Metadata.orEmpty;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.ResourceId;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityBindingSpec;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzureIdentitySpec;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Identities, bindings and exceptions. Whatever people write becomes a value that says so. */
final class IdentityMapping {
  /**
   * The annotation that keeps an identity to its own namespace, with the value {@code namespaced}.
   */
  static final String BEHAVIOR = "aadpodidentity.k8s.io/Behavior";

  private static final String NAMESPACED = "namespaced";

  private IdentityMapping() {}

  static AzureIdentity identity(AzureIdentityResource resource, NamespacedName fallback) {
    Metadata meta = Metadata.of(resource);
    return new AzureIdentity(
        meta.name(fallback),
        meta.uid(),
        meta.generation(),
        NAMESPACED.equals(meta.annotation(BEHAVIOR)),
        credential(resource.getSpec()));
  }

  static IdentityBinding binding(AzureIdentityBindingResource resource, NamespacedName fallback) {
    AzureIdentityBindingSpec spec = resource.getSpec();
    return new IdentityBinding(
        Metadata.of(resource).name(fallback),
        spec == null ? "" : orEmpty(spec.azureIdentity()),
        spec == null ? "" : orEmpty(spec.selector()));
  }

  static PodExemption exemption(AzurePodIdentityExceptionResource resource) {
    AzurePodIdentityExceptionSpec spec = resource.getSpec();
    Map<String, @Nullable String> labels =
        spec == null || spec.podLabels() == null ? Map.of() : spec.podLabels();
    Map<String, String> named = new HashMap<>();
    labels.forEach(
        (key, value) -> {
          if (value != null) {
            named.put(key, value);
          }
        });
    return new PodExemption(Metadata.of(resource).name(), named);
  }

  private static Credential credential(@Nullable AzureIdentitySpec spec) {
    if (spec == null) {
      return new Credential.Unusable("it has no spec");
    }
    String type = spec.type() == null ? "0" : spec.type().toString();
    return switch (type) {
      case "0" -> managedIdentity(spec);
      case "1", "2" -> servicePrincipal(spec, type);
      default -> new Credential.Unusable("unsupported identity type " + type);
    };
  }

  private static Credential managedIdentity(AzureIdentitySpec spec) {
    String clientId = orEmpty(spec.clientId());
    String id = orEmpty(spec.resourceId());
    // In this order, because scripts look for v1's words about the resource ID.
    try {
      ResourceId resourceId = new ResourceId(id);
      if (resourceId.isUserAssignedIdentity()) {
        return clientId.isEmpty()
            ? new Credential.Unusable("spec.clientID is empty")
            : new Credential.ManagedIdentity(resourceId, new ClientId(clientId));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    return new Credential.Unusable(
        ("Invalid resource id: \"%s\", write it as /subscriptions/SUBSCRIPTION/resourceGroups/GROUP"
                + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME")
            .formatted(id));
  }

  private static Credential servicePrincipal(AzureIdentitySpec spec, String type) {
    String tenantId = orEmpty(spec.tenantId());
    String clientId = orEmpty(spec.clientId());
    AzureIdentitySpec.ClientPassword secret = spec.clientPassword();
    String secretName = secret == null ? "" : orEmpty(secret.name());
    String secretNamespace = secret == null ? "" : orEmpty(secret.namespace());
    if (tenantId.isEmpty()) {
      return new Credential.Unusable("spec.tenantID is empty");
    }
    if (clientId.isEmpty()) {
      return new Credential.Unusable("spec.clientID is empty");
    }
    if (secretName.isEmpty() || secretNamespace.isEmpty()) {
      return new Credential.Unusable("spec.clientPassword lacks the Secret's name or namespace");
    }
    String endpoint = orEmpty(spec.adEndpoint());
    List<@Nullable String> tenants =
        spec.auxiliaryTenantIds() == null ? List.of() : spec.auxiliaryTenantIds();
    Credential.ServicePrincipal principal =
        new Credential.ServicePrincipal(
            tenantId,
            new ClientId(clientId),
            new NamespacedName(secretNamespace, secretName),
            tenants.stream().map(Metadata::orEmpty).filter(id -> !id.isEmpty()).toList(),
            endpoint.isEmpty() ? null : endpoint);
    return type.equals("1")
        ? new Credential.ClientSecret(principal)
        : new Credential.ClientCertificate(principal);
  }
}
