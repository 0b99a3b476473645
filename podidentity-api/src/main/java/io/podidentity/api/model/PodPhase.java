package io.podidentity.api.model;

/**
 * A pod's phase.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase">Pod
 *     phase</a>
 */
public enum PodPhase {
  /** Accepted; not all of its containers have been started. */
  PENDING,
  /** On a node; at least one container runs, starts or is started again. */
  RUNNING,
  /** All containers have ended well, and none is started again. */
  SUCCEEDED,
  /** All containers have ended, at least one of them badly. */
  FAILED,
  /** The node cannot be asked. */
  UNKNOWN;

  /** Whether the pod's containers have ended for good, so that its address may be another's. */
  public boolean isTerminal() {
    return this == SUCCEEDED || this == FAILED;
  }
}
