package io.podidentity.api.matching;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import java.util.Optional;

/**
 * Tells which pods may be MIC's own: those of its namespace that run under its service account and
 * name a ReplicaSet as their controller. Whether that ReplicaSet exists is the other half. (AAD Pod
 * Identity v1 goes by the beginning of the ReplicaSet's name, {@code mic}, alone.)
 *
 * <p>Whoever may run a pod under MIC's service account may write records with it, and so get any
 * identity without being taken for MIC.
 *
 * @param namespace MIC's
 * @param serviceAccount MIC's; if it is empty, no pod is MIC's
 */
public record MicPods(String namespace, String serviceAccount) {
  /** Refuses null. */
  public MicPods {
    requireNonNull(namespace, "namespace");
    requireNonNull(serviceAccount, "serviceAccount");
  }

  /** The ReplicaSet that the pod claims to be of; empty if it is not MIC's. */
  public Optional<PodController> claim(Pod pod) {
    return Optional.ofNullable(pod.controller())
        .filter(controller -> controller.kind().equals(PodController.REPLICA_SET))
        .filter(controller -> !controller.uid().isEmpty() && !controller.name().isEmpty())
        .filter(controller -> !serviceAccount.isEmpty())
        .filter(controller -> pod.serviceAccount().equals(serviceAccount))
        .filter(controller -> pod.name().namespace().equals(namespace));
  }

  /** The name under which a pod's ReplicaSet is to be found. */
  public static NamespacedName nameOf(PodController replicaSet, Pod pod) {
    return new NamespacedName(pod.name().namespace(), replicaSet.name());
  }
}
