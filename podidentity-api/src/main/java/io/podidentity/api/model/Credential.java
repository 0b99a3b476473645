package io.podidentity.api.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link AzureIdentity} proves itself to Azure. The permitted types are the {@code
 * spec.type} values of AAD Pod Identity v1 (0, 1, 2), and one for what cannot be used as written.
 *
 * <p>None of them holds a secret: the two service principals name the Kubernetes Secret that does.
 */
public sealed interface Credential {

  /** The client ID that tokens are issued to; null if the object gives none. */
  @Nullable ClientId clientId();

  /**
   * Type 0: a user-assigned managed identity, assigned to the node's virtual machine or scale set.
   *
   * @param resourceId the ID of the user-assigned identity
   * @param clientId its client ID, which IMDS is asked by
   */
  record ManagedIdentity(ResourceId resourceId, ClientId clientId) implements Credential {
    /** Refuses the ID of anything but a user-assigned managed identity. */
    public ManagedIdentity {
      Objects.requireNonNull(clientId, "clientId");
      if (!resourceId.isUserAssignedIdentity()) {
        throw new IllegalArgumentException(
            "\"" + resourceId + "\" does not name a user-assigned managed identity");
      }
    }
  }

  /** Type 1: a service principal with a client secret. */
  record ClientSecret(ServicePrincipal principal) implements Credential {
    /** Refuses null. */
    public ClientSecret {
      Objects.requireNonNull(principal, "principal");
    }

    @Override
    public ClientId clientId() {
      return principal.clientId();
    }
  }

  /** Type 2: a service principal with a PKCS#12 certificate. */
  record ClientCertificate(ServicePrincipal principal) implements Credential {
    /** Refuses null. */
    public ClientCertificate {
      Objects.requireNonNull(principal, "principal");
    }

    @Override
    public ClientId clientId() {
      return principal.clientId();
    }
  }

  /**
   * An object that exists but cannot be used as it is written. It never yields a token and is never
   * assigned; it is kept so that its records can be removed and its owner told.
   *
   * @param problem what is wrong with it, for people
   */
  record Unusable(String problem) implements Credential {
    /** Refuses an empty text. */
    public Unusable {
      Checks.notEmpty(problem, "problem");
    }

    @Override
    public @Nullable ClientId clientId() {
      return null;
    }
  }

  /**
   * What the two service principal types share.
   *
   * @param tenantId the Entra tenant; not empty
   * @param clientId the application's client ID
   * @param secret the Kubernetes Secret with the password or certificate
   * @param auxiliaryTenantIds further tenants to get tokens for, in order; may be empty
   * @param authorityEndpoint the Entra endpoint ({@code adEndpoint}); null for the cloud's own
   */
  record ServicePrincipal(
      String tenantId,
      ClientId clientId,
      NamespacedName secret,
      List<String> auxiliaryTenantIds,
      @Nullable String authorityEndpoint) {
    /** Copies the list; refuses an empty tenant. */
    public ServicePrincipal {
      Checks.notEmpty(tenantId, "tenantID");
      Objects.requireNonNull(clientId, "clientId");
      Objects.requireNonNull(secret, "secret");
      auxiliaryTenantIds = List.copyOf(auxiliaryTenantIds);
    }
  }
}
