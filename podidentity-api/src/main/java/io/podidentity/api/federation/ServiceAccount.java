package io.podidentity.api.federation;

import io.podidentity.api.model.NamespacedName;
import java.util.Objects;

/**
 * A Kubernetes service account.
 *
 * @param name its namespace and name
 * @param clientId what its annotation {@value #CLIENT_ID_ANNOTATION} says; empty without one
 * @see <a
 *     href="https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html">The
 *     webhook's labels and annotations</a>
 */
public record ServiceAccount(NamespacedName name, String clientId) {
  /** Says which identity programs get that name none. */
  public static final String CLIENT_ID_ANNOTATION = "azure.workload.identity/client-id";

  /** The account of pods that name none. */
  public static final String DEFAULT_NAME = "default";

  /** Refuses null. */
  public ServiceAccount {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(clientId, "clientId");
  }
}
