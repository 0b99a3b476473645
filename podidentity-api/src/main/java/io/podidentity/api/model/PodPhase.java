package io.podidentity.api.model;

/**
 * A pod's phase.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase">Pod
 *     phase</a>
 */
public enum PodPhase {
  PENDING,
  RUNNING,
  SUCCEEDED,
  FAILED,
  UNKNOWN;

  /** Whether the pod's containers have ended for good, so that its address may be another's. */
  public boolean isTerminal() {
    return this == SUCCEEDED || this == FAILED;
  }
}
