package io.podidentity.api.model;

import java.util.Objects;

/**
 * An {@code AzureIdentityBinding} object: pods whose {@value #POD_LABEL} label equals the selector
 * get the identity of that name in the binding's own namespace.
 *
 * @param name its namespace and name
 * @param azureIdentity the name of the {@link AzureIdentity}; may be empty (then it binds nothing)
 * @param selector the label value it selects; may be empty (then it selects nothing)
 */
public record IdentityBinding(NamespacedName name, String azureIdentity, String selector) {
  /** The label by which a pod asks for an identity. */
  public static final String POD_LABEL = "aadpodidbinding";

  /** Refuses null. */
  public IdentityBinding {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(azureIdentity, "azureIdentity");
    Objects.requireNonNull(selector, "selector");
  }
}
