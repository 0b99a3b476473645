package io.podidentity.api.assignment;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.NamespacedName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a plan does with one record, and why, for people.
 *
 * @param target the virtual machine or scale set under the pod; null if it has none any more
 * @param action what is done
 * @param record the record's name
 * @param pod the pod that it is about
 * @param binding the binding through which the pod gets or got the identity
 * @param identity the identity
 * @param why a sentence without a full stop; not empty
 */
public record PlannedStep(
    @Nullable ComputeTarget target,
    Action action,
    NamespacedName record,
    NamespacedName pod,
    NamespacedName binding,
    NamespacedName identity,
    String why) {
  /** Refuses null but for the target. */
  public PlannedStep {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(pod, "pod");
    Objects.requireNonNull(binding, "binding");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(why, "why");
  }

  /** What is done with a record. */
  public enum Action {
    /** It is written, and the identity put on the target. */
    CREATE,
    /** It is right, and the identity is still to be put on the target. */
    CONFIRM,
    /** It is written anew, because it says something that is no longer so. */
    UPDATE,
    /** It is marked {@code Unassigned}; its identity goes off the target after a delay. */
    RELEASE,
    /** Its identity goes off the target, if nothing else needs it there, and the record with it. */
    REMOVE,
    /** It stays; an identity that it had before goes off the target. */
    SHED
  }
}
