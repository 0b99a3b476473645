package io.podidentity.api.assignment;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the planner plans.
 *
 * @param forceNamespaced whether pod, binding and identity must share a namespace; default false
 * @param immutable client IDs or resource IDs, in any letter case, of identities that are never
 *     taken off a machine; default none
 */
public record PlannerOptions(boolean forceNamespaced, Set<String> immutable) {
  public PlannerOptions {
    immutable =
        immutable.stream()
            .map(id -> id.trim().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the identity must never be taken off a machine. */
  boolean isImmutable(AzureIdentity identity) {
    return identity.credential() instanceof Credential.ManagedIdentity managed
        && (immutable.contains(managed.clientId().value().toLowerCase(Locale.ROOT))
            || immutable.contains(managed.resourceId().lowerCase()));
  }
}
