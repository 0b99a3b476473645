package io.podidentity.api.model;

import java.util.Objects;

/**
 * What made a pod and looks after it: the owner reference that is marked as its controller. Whoever
 * may create a pod may write there what he likes.
 *
 * @param kind for example {@code ReplicaSet}
 * @param name its name; its namespace is the pod's
 * @param uid its UID
 */
public record PodController(String kind, String name, String uid) {
  /** The kind of controller that a Deployment's pods have. */
  public static final String REPLICA_SET = "ReplicaSet";

  /** Refuses null. */
  public PodController {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uid, "uid");
  }
}
