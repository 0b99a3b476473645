package io.podidentity.azure.entra;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;

/**
 * From which namespaces the Secrets of service principals may come. In AAD Pod Identity v1 whoever
 * may create an {@code AzureIdentity} can use any Secret of the cluster.
 *
 * @param forceNamespaced whether all identities are kept to their namespace ({@code
 *     --forceNamespaced}); one with the annotation always is
 * @param ownOnly whether the others, too, may only use a Secret of their own namespace; if not,
 *     that of another one is used, and the log says so
 */
public record SecretScope(boolean forceNamespaced, boolean ownOnly) {

  /**
   * Judges a Secret.
   *
   * @return whether it is of another namespace than the identity, which is worth a warning
   * @throws PodIdentityException with {@code IDENTITY_NOT_PERMITTED} if it must not be used
   */
  boolean isForeign(NamespacedName secret, AzureIdentity identity) {
    boolean foreign = !secret.namespace().equals(identity.name().namespace());
    if (foreign && (ownOnly || identity.isNamespaced(forceNamespaced))) {
      throw new PodIdentityException(
          ErrorReason.IDENTITY_NOT_PERMITTED,
          ("cannot get a token for AzureIdentity %s: its clientPassword names a Secret of namespace %s;"
                  + " here it must be one of the identity's own namespace")
              .formatted(identity.name(), secret.namespace()));
    }
    return foreign;
  }
}
