package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;

/**
 * How the leader's name stands in one kind of object.
 *
 * @param <T> the kind
 */
interface LockKind<T extends HasMetadata> {
  Class<T> type();

  /** Its resource as RBAC names it, with its group. */
  String resource();

  /** A new object with that metadata that says nothing yet. */
  T empty(ObjectMeta meta);

  /**
   * What an object says.
   *
   * @param seen when it came into this version, for what it does not say
   * @param duration for an object that does not say how long it lasts
   */
  LeaderRecord read(T object, Instant seen, Duration duration);

  /** Makes an object say that, and leaves everything else in it as it is. */
  void write(T object, LeaderRecord record);
}
