package io.podidentity.azure.entra;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The tenants in which a service principal is to have a token. */
final class Tenants {
  private static final int MOST_AUXILIARY = 3;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*");

  /** Stand for whatever tenant a user signs in to; an application has to say in which one it is. */
  private static final Set<String> OF_USERS = Set.of("common", "organizations", "consumers");

  private Tenants() {}

  /** Whether it can be a tenant's ID or one of its domain names. */
  static boolean isName(String tenant) {
    return NAME.matcher(tenant).matches();
  }

  /**
   * The primary tenant, then the auxiliary ones in order. As in v1, an identity with a certificate
   * has none of the latter.
   *
   * @throws PodIdentityException with {@code IDENTITY_INVALID} if one cannot be, or they are too
   *     many
   */
  static List<String> of(AzureIdentity identity, Credential.ServicePrincipal principal) {
    List<String> auxiliary =
        identity.credential() instanceof Credential.ClientSecret
            ? principal.auxiliaryTenantIds()
            : List.of();
    if (auxiliary.size() > MOST_AUXILIARY) {
      throw invalid(
          identity,
          "auxiliaryTenantIDs names %d tenants; three are the most".formatted(auxiliary.size()));
    }
    List<String> all = new ArrayList<>();
    all.add(checked(identity, "tenantID", principal.tenantId()));
    auxiliary.forEach(tenant -> all.add(checked(identity, "auxiliaryTenantIDs", tenant)));
    return all;
  }

  private static String checked(AzureIdentity identity, String field, String tenant) {
    if (!isName(tenant)) {
      throw invalid(identity, field + " must be the ID or a domain name of an Entra tenant");
    }
    if (OF_USERS.contains(tenant.toLowerCase(Locale.ROOT))) {
      throw invalid(
          identity, "%s is \"%s\"; name the application's own tenant".formatted(field, tenant));
    }
    return tenant;
  }

  private static PodIdentityException invalid(AzureIdentity identity, String problem) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_INVALID,
        "cannot get a token for AzureIdentity %s: its %s".formatted(identity.name(), problem));
  }
}
