package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code spec} of an {@code AzureIdentity}. What it does not say is null.
 *
 * @param metadata not used
 * @param type 0, 1 or 2; absent means 0
 * @param resourceId the ID of the user-assigned identity
 * @param clientId the client ID
 * @param clientPassword where the secret of a service principal is
 * @param tenantId the primary tenant of a service principal
 * @param auxiliaryTenantIds its further tenants
 * @param adResourceId not used
 * @param adEndpoint the Entra ID endpoint
 * @param replicas not used
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AzureIdentitySpec(
    @Nullable Map<String, Object> metadata,
    @Nullable Number type,
    @JsonProperty("resourceID") @Nullable String resourceId,
    @JsonProperty("clientID") @Nullable String clientId,
    @Nullable ClientPassword clientPassword,
    @JsonProperty("tenantID") @Nullable String tenantId,
    @JsonProperty("auxiliaryTenantIDs") @Nullable List<@Nullable String> auxiliaryTenantIds,
    @JsonProperty("adResourceID") @Nullable String adResourceId,
    @Nullable String adEndpoint,
    @Nullable Number replicas) {

  /**
   * The name of a Secret. What it does not say is null.
   *
   * @param name its name
   * @param namespace its namespace
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ClientPassword(@Nullable String name, @Nullable String namespace) {}
}
