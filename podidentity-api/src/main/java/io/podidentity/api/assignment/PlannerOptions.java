package io.podidentity.api.assignment;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the planner plans.
 *
 * @param forceNamespaced whether pod, binding and identity must share a namespace; default false
 * @param immutable client IDs or resource IDs, in any letter case, of identities that are never
 *     taken off a machine; default none
 * @param clusterIdentity the client ID or resource ID of the cluster's own identity, in any letter
 *     case, which is immutable too; empty if it has none, or none that has a name
 * @param refuseClusterIdentity whether an {@code AzureIdentity} that names it is left aside;
 *     default false: then it is told, and pods get it, as in AAD Pod Identity v1
 * @param detachDelay how long an identity stays on a machine after nothing needs it any more; zero
 *     is v1's way; default 2 min
 * @param keepsAll whether nothing is released, removed, detached or changed for now, and what is
 *     new is assigned: the picture may be an old one; default false
 */
public record PlannerOptions(
    boolean forceNamespaced,
    Set<String> immutable,
    String clusterIdentity,
    boolean refuseClusterIdentity,
    Duration detachDelay,
    boolean keepsAll) {
  /** Puts resource IDs into lower case; refuses a negative delay. */
  public PlannerOptions {
    immutable =
        immutable.stream().map(PlannerOptions::folded).collect(Collectors.toUnmodifiableSet());
    clusterIdentity = folded(clusterIdentity);
    Objects.requireNonNull(detachDelay, "detachDelay");
    if (detachDelay.isNegative()) {
      throw new IllegalArgumentException("detachDelay must not be negative");
    }
  }

  /** Options by which what is gone is released. */
  public PlannerOptions(
      boolean forceNamespaced,
      Set<String> immutable,
      String clusterIdentity,
      boolean refuseClusterIdentity,
      Duration detachDelay) {
    this(forceNamespaced, immutable, clusterIdentity, refuseClusterIdentity, detachDelay, false);
  }

  /** As v1 does: nothing is delayed, and the cluster's own identity is not known. */
  public PlannerOptions(boolean forceNamespaced, Set<String> immutable) {
    this(forceNamespaced, immutable, "", false, Duration.ZERO);
  }

  /** The same, by which all is kept, or not. */
  public PlannerOptions keepingAll(boolean all) {
    return new PlannerOptions(
        forceNamespaced, immutable, clusterIdentity, refuseClusterIdentity, detachDelay, all);
  }

  /** Whether the identity must never be taken off a machine. */
  boolean isImmutable(AzureIdentity identity) {
    return identity.credential() instanceof Credential.ManagedIdentity managed
        && (isImmutable(managed.clientId().value()) || isImmutable(managed.resourceId().value()));
  }

  /** Whether the identity of that client or resource ID must never be taken off a machine. */
  boolean isImmutable(String id) {
    String folded = folded(id);
    return immutable.contains(folded) || folded.equals(clusterIdentity);
  }

  /** The client IDs among those of identities that must never be taken off a machine. */
  Set<String> immutableClientIds() {
    return Stream.concat(immutable.stream(), Stream.of(clusterIdentity))
        .filter(id -> !id.isEmpty() && id.indexOf('/') < 0)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether it is the cluster's own. */
  boolean isClusterIdentity(AzureIdentity identity) {
    return !clusterIdentity.isEmpty()
        && identity.credential() instanceof Credential.ManagedIdentity managed
        && (folded(managed.clientId().value()).equals(clusterIdentity)
            || managed.resourceId().lowerCase().equals(clusterIdentity));
  }

  private static String folded(String id) {
    return id.trim().toLowerCase(Locale.ROOT);
  }
}
