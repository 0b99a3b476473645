package io.podidentity.api.assignment;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ResourceId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * @param releases records that nothing desires any more, and whose identities stay for a while: to
 *     be marked so
 * @param removals records that nothing desires any more, to be removed now
 * @param leftovers assigned records that hold, besides their own identity, one that they had before
 *     and that is to go now
 * @param checks assigned records whose identities are to be looked for; empty unless that was asked
 *     for
 * @param attach identities that creates, confirms and updates need on the target
 * @param doubted those of them that MIC put there and that no pod is told to have: one that died
 *     may have begun to take them off, so while the target is being changed that it has them is no
 *     sign that it keeps them
 * @param detach identities that removals and leftovers leave behind and nothing else on the target
 *     needs
 * @param immutable client IDs, in lower case, of identities that must not be detached whatever
 *     their resource IDs; empty if {@code detach} is
 * @param origins of identities of which some record knows: whether MIC put them on the target
 */
public record TargetPlan(
    @Nullable ComputeTarget target,
    List<DesiredAssignment> creates,
    List<Change> confirms,
    List<Change> updates,
    List<AssignedIdentity> releases,
    List<AssignedIdentity> removals,
    List<Change> leftovers,
    List<Change> checks,
    Set<ResourceId> attach,
    Set<ResourceId> doubted,
    Set<ResourceId> detach,
    Set<String> immutable,
    Map<ResourceId, Boolean> origins) {
  /** Copies its parts, and keeps their order. */
  public TargetPlan {
    creates = List.copyOf(creates);
    confirms = List.copyOf(confirms);
    updates = List.copyOf(updates);
    releases = List.copyOf(releases);
    removals = List.copyOf(removals);
    leftovers = List.copyOf(leftovers);
    checks = List.copyOf(checks);
    // Copies that keep the order, which Set.copyOf does not.
    attach = Collections.unmodifiableSet(new LinkedHashSet<>(attach));
    doubted = Set.copyOf(doubted);
    detach = Collections.unmodifiableSet(new LinkedHashSet<>(detach));
    immutable = Set.copyOf(immutable);
    origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
  }

  /** A record, and the assignment that it stands for. */
  public record Change(AssignedIdentity record, DesiredAssignment desired) {
    /** Refuses null. */
    public Change {
      Objects.requireNonNull(record, "record");
      Objects.requireNonNull(desired, "desired");
    }
  }
}
