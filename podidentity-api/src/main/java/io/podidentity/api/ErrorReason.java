package io.podidentity.api;

/**
 * Why something was refused or failed: a closed set of stable codes.
 *
 * <p>Codes are part of the contract: programs may branch on them, so one is never renamed. Whether
 * a reason {@linkplain #isTransient() may heal} decides how callers retry.
 */
public enum ErrorReason {
  /** The request itself is malformed. */
  INVALID_REQUEST("invalid-request", false),
  /** No live pod has the address or name that asked. */
  POD_NOT_FOUND("pod-not-found", true),
  /** More than one live pod has the address that asked. */
  POD_AMBIGUOUS("pod-ambiguous", true),
  /** The pod asks for no identity: it carries no {@code aadpodidbinding} label. */
  POD_NOT_BOUND("pod-not-bound", false),
  /** The pod carries the label, but no identity has been recorded for it. */
  IDENTITY_NOT_BOUND("identity-not-bound", true),
  /** An identity is recorded for the pod, but is not assigned in Azure yet. */
  IDENTITY_NOT_ASSIGNED("identity-not-assigned", true),
  /** The pod has identities, but not the one that the request names. */
  IDENTITY_NOT_ALLOWED("identity-not-allowed", true),
  /** The identity object cannot be used as it is written. */
  IDENTITY_INVALID("identity-invalid", false),
  /**
   * The identity object asks for what this installation does not permit: an Entra endpoint that is
   * on no list, a Secret of a namespace that is not its own, or the client ID of another identity.
   */
  IDENTITY_NOT_PERMITTED("identity-not-permitted", false),
  /** The token service refused the identity. */
  TOKEN_REFUSED("token-refused", false),
  /** The token service could not be reached, or is not ready. */
  TOKEN_UNAVAILABLE("token-unavailable", true),
  /**
   * The token service is asked too often by this node, or in this process too much waits for it.
   */
  TOKEN_THROTTLED("token-throttled", true),
  /** The virtual machine or scale set does not exist. */
  TARGET_NOT_FOUND("target-not-found", false),
  /**
   * The virtual machine or scale set is in a subscription that this installation may not touch.
   * Nothing is known of what is on it, and what was put there stays.
   */
  TARGET_NOT_PERMITTED("target-not-permitted", false),
  /** Azure refused a change of the identities on a virtual machine or scale set. */
  TARGET_REJECTED("target-rejected", true),
  /** Azure Resource Manager could not be reached, throttled, or failed. */
  TARGET_UNAVAILABLE("target-unavailable", true),
  /** The Kubernetes API could not be reached, or refused the call. */
  CLUSTER_UNAVAILABLE("cluster-unavailable", true),
  /** Another writer changed the object first. */
  CLUSTER_CONFLICT("cluster-conflict", true),
  /** The node's packet rules could not be read or written. */
  REDIRECT_FAILED("redirect-failed", true),
  /** A setting or configuration file cannot be used. */
  CONFIGURATION_INVALID("configuration-invalid", false),
  /** The broker, or the program that it is in, is closing. */
  SHUTTING_DOWN("shutting-down", true);

  private final String code;
  private final boolean transientReason;

  ErrorReason(String code, boolean transientReason) {
    this.code = code;
    this.transientReason = transientReason;
  }

  /** The stable, lower-case name, for example {@code pod-not-found}. */
  public String code() {
    return code;
  }

  /** Whether the same request may succeed later without anyone changing it. */
  public boolean isTransient() {
    return transientReason;
  }
}
