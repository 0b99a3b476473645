package io.podidentity.api.model;

import org.jspecify.annotations.Nullable;

/**
 * Which of its identities a request names, by {@code client_id}, {@code msi_res_id} or {@code
 * mi_res_id}. An identity must match all that is given.
 *
 * @param clientId null if the request names none
 * @param resourceId the resource ID as the pod wrote it; null if the request names none
 */
public record IdentityChoice(@Nullable ClientId clientId, @Nullable String resourceId) {
  /** The choice of a request that names no identity. */
  public static final IdentityChoice ANY = new IdentityChoice(null, null);

  /** Whether the request names no identity. */
  public boolean isAny() {
    return clientId == null && resourceId == null;
  }

  /** Whether an identity with that credential is meant; letter case does not matter. */
  public boolean includes(Credential credential) {
    boolean client = clientId == null || clientId.equals(credential.clientId());
    boolean resource =
        resourceId == null
            || (credential instanceof Credential.ManagedIdentity managed
                && IgnoringCase.equal(managed.resourceId().value(), resourceId));
    return client && resource;
  }

  /** What the request named, for messages; the client ID is redacted. */
  @Override
  public String toString() {
    if (isAny()) {
      return "any identity";
    }
    String client = clientId == null ? "" : "client ID " + clientId;
    String resource = resourceId == null ? "" : "resource ID " + resourceId;
    return client.isEmpty() || resource.isEmpty() ? client + resource : client + ", " + resource;
  }
}
