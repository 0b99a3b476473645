package io.podidentity.api.assignment;

import io.podidentity.api.assignment.TargetPlan.Change;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ResourceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The records that are to be written, in parts: of each identity of which none says yet whose it is
 * the first, and the others.
 */
final class FirstRecords {
  private final List<DesiredAssignment> first = new ArrayList<>();
  private final List<DesiredAssignment> others = new ArrayList<>();
  private final Set<Set<ResourceId>> awaited = new HashSet<>();

  /**
   * Parts them.
   *
   * @param isSaid whether it need not be written whose that one is
   */
  FirstRecords(List<DesiredAssignment> creates, Predicate<ResourceId> isSaid) {
    for (DesiredAssignment desired : creates) {
      Set<ResourceId> ids = TargetPlans.managedIdentity(desired.identity());
      boolean isFirst = !ids.stream().allMatch(isSaid) && awaited.add(ids);
      (isFirst ? first : others).add(desired);
    }
  }

  List<DesiredAssignment> first() {
    return first;
  }

  /** These of the first ones were written: no other one has to be in their stead. */
  void wrote(Collection<Change> written) {
    written.forEach(
        change -> awaited.remove(TargetPlans.managedIdentity(change.desired().identity())));
  }

  /** The others about identities whose first one could not be written. */
  List<DesiredAssignment> instead() {
    return others.stream().filter(this::isAwaited).toList();
  }

  /** All that can be written at any time. */
  List<DesiredAssignment> others() {
    return others.stream().filter(desired -> !isAwaited(desired)).toList();
  }

  private boolean isAwaited(DesiredAssignment desired) {
    return awaited.contains(TargetPlans.managedIdentity(desired.identity()));
  }
}
