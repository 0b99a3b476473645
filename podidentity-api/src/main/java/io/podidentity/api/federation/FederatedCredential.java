package io.podidentity.api.federation;

import io.podidentity.api.model.NamespacedName;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/**
 * What an identity in Azure has to hold so that a service account of the cluster may be it.
 *
 * @param account the service account
 * @see <a
 *     href="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations">Federated
 *     identity credentials</a>
 */
public record FederatedCredential(NamespacedName account)
    implements Comparable<FederatedCredential> {
  /** How many an application or user-assigned identity may have. */
  public static final int LIMIT = 20;

  /** For whom the service account's token is. */
  public static final String AUDIENCE = "api://AzureADTokenExchange";

  private static final int LONGEST_NAME = 120;

  /** Refuses null. */
  public FederatedCredential {
    Objects.requireNonNull(account, "account");
  }

  /**
   * Its name in Azure: three to 120 letters, digits, dashes and underscores. It is the same for the
   * same account, and another one for each other.
   */
  public String name() {
    // No name in Kubernetes has an underscore, so this takes two accounts for one nowhere.
    String plain = account.namespace() + "_" + account.name();
    if (plain.length() <= LONGEST_NAME && !plain.contains(".")) {
      return plain;
    }
    String unique = UUID.nameUUIDFromBytes(plain.getBytes(StandardCharsets.UTF_8)).toString();
    int room = LONGEST_NAME - unique.length() - 1;
    String readable = plain.replace('.', '-');
    return readable.substring(0, Math.min(room, readable.length())) + "_" + unique;
  }

  /** The {@code sub} of the service account's tokens. */
  public String subject() {
    return "system:serviceaccount:" + account.namespace() + ":" + account.name();
  }

  @Override
  public int compareTo(FederatedCredential other) {
    return account.compareTo(other.account);
  }
}
