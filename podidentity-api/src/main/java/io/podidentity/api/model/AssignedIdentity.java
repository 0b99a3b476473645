package io.podidentity.api.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An {@code AzureAssignedIdentity} object: the record that one pod has one identity.
 *
 * @param name its namespace and name
 * @param uid its UID
 * @param resourceVersion its version, opaque
 * @param pod the pod's namespace and name
 * @param podUid the pod's UID; null in records that AAD Pod Identity v1 wrote, which holds none
 * @param nodeName the pod's node; may be empty in records of foreign hands
 * @param identity the identity, as it was when the record was written
 * @param binding the binding, as it was when the record was written
 * @param state how far the assignment is
 * @param terminating whether its deletion has begun
 * @param provenance what MIC did in Azure for it, as far as it says
 */
public record AssignedIdentity(
    NamespacedName name,
    String uid,
    String resourceVersion,
    NamespacedName pod,
    @Nullable String podUid,
    String nodeName,
    AzureIdentity identity,
    IdentityBinding binding,
    AssignmentState state,
    boolean terminating,
    Provenance provenance) {
  /** Refuses null but for the UID of the pod. */
  public AssignedIdentity {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(resourceVersion, "resourceVersion");
    Objects.requireNonNull(pod, "pod");
    Objects.requireNonNull(nodeName, "nodeName");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(binding, "binding");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(provenance, "provenance");
  }

  /** A record that does not say what MIC did, as those of v1. */
  public AssignedIdentity(
      NamespacedName name,
      String uid,
      String resourceVersion,
      NamespacedName pod,
      @Nullable String podUid,
      String nodeName,
      AzureIdentity identity,
      IdentityBinding binding,
      AssignmentState state,
      boolean terminating) {
    this(
        name,
        uid,
        resourceVersion,
        pod,
        podUid,
        nodeName,
        identity,
        binding,
        state,
        terminating,
        Provenance.UNKNOWN);
  }

  /** The same record after a change of its state, and of what it says MIC did. */
  public AssignedIdentity with(
      String newVersion, AssignmentState newState, Provenance newProvenance) {
    return new AssignedIdentity(
        name,
        uid,
        newVersion,
        pod,
        podUid,
        nodeName,
        identity,
        binding,
        newState,
        terminating,
        newProvenance);
  }

  /**
   * Whether both are of one object and say the same. Its version does not count, nor whether its
   * deletion has begun.
   */
  public boolean saysTheSameAs(AssignedIdentity other) {
    return uid.equals(other.uid)
        && name.equals(other.name)
        && pod.equals(other.pod)
        && Objects.equals(podUid, other.podUid)
        && nodeName.equals(other.nodeName)
        && identity.equals(other.identity)
        && binding.equals(other.binding)
        && state == other.state
        && provenance.equals(other.provenance);
  }

  /** Whether the record is about that very pod, and not about an earlier one of its name. */
  public boolean isOf(Pod candidate) {
    return pod.equals(candidate.name()) && (podUid == null || podUid.equals(candidate.uid()));
  }

  /** Whether the record says all that it should about the desired assignment, bar its state. */
  public boolean describes(DesiredAssignment desired) {
    return isOf(desired.pod())
        && nodeName.equals(desired.nodeName())
        && binding.equals(desired.binding())
        && identity.sameMeaningAs(desired.identity());
  }
}
