package io.podidentity.api.assignment;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ResourceId;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done for one virtual machine or scale set, and for the records of pods on it.
 *
 * @param target null for records whose node is gone or names no machine: Azure is not asked then
 * @param creates records to write anew
 * @param confirms records that are right but for their state
 * @param updates records that say something that is no longer so
 * @param removals records that nothing desires any more
 * @param attach identities that creates, confirms and updates need on the target
 * @param detachReplaced identities that updates leave behind and nothing else on the target needs
 * @param detachRemoved identities that removals leave behind and nothing else on the target needs
 */
public record TargetPlan(
    @Nullable ComputeTarget target,
    List<DesiredAssignment> creates,
    List<Change> confirms,
    List<Change> updates,
    List<AssignedIdentity> removals,
    Set<ResourceId> attach,
    Set<ResourceId> detachReplaced,
    Set<ResourceId> detachRemoved) {
  public TargetPlan {
    creates = List.copyOf(creates);
    confirms = List.copyOf(confirms);
    updates = List.copyOf(updates);
    removals = List.copyOf(removals);
    attach = inOrder(attach);
    detachReplaced = inOrder(detachReplaced);
    detachRemoved = inOrder(detachRemoved);
  }

  /** A copy that keeps the order, which {@link Set#copyOf} does not. */
  private static Set<ResourceId> inOrder(Set<ResourceId> ids) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(ids));
  }

  /** A record, and the assignment that it stands for. */
  public record Change(AssignedIdentity record, DesiredAssignment desired) {
    public Change {
      Objects.requireNonNull(record, "record");
      Objects.requireNonNull(desired, "desired");
    }
  }
}
