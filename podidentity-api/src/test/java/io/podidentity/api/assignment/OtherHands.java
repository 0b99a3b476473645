package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.SlowAzure;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Others who attach and detach identities in a {@link RandomWorld}, and what they know of it. */
final class OtherHands {
  private final InMemoryCluster cluster;
  private final InMemoryAzure azure;
  private final SlowAzure slow;
  private final Function<String, ComputeTarget> targetOfNode;
  private final Consumer<String> story;
  // What is there by them, and what has ever been.
  private final Map<ComputeTarget, Set<ResourceId>> foreign = new HashMap<>();
  private final Map<ComputeTarget, Set<ResourceId>> everForeign = new HashMap<>();
  // Of them, what a record says that MIC is about to attach. It was refused, and knows that.
  private final Map<ComputeTarget, Set<ResourceId>> disputed = new HashMap<>();

  /** Looks at each removal of MIC from now on. */
  OtherHands(
      InMemoryCluster cluster,
      InMemoryAzure azure,
      SlowAzure slow,
      Function<String, ComputeTarget> targetOfNode,
      Consumer<String> story) {
    this.cluster = cluster;
    this.azure = azure;
    this.slow = slow;
    this.targetOfNode = targetOfNode;
    this.story = story;
    azure.checkDetach(this::check);
  }

  /**
   * Nobody can tell whose it is if a record says that MIC is about to attach it, unless that was
   * refused, or will say so because it was not there a moment ago.
   */
  void attach(ComputeTarget target, ResourceId id) {
    boolean intended = isIntended(target, id);
    if ((!intended || slow.isKnownOff(target, id))
        && !slow.isBusy(target)
        && !slow.isLookedAt(target)
        && !azure.on(target).contains(id)) {
      story.accept("others attach %s to %s".formatted(id.name(), target.id().name()));
      azure.put(target, id);
      of(foreign, target).add(id);
      of(everForeign, target).add(id);
      if (intended) {
        of(disputed, target).add(id);
      }
    }
  }

  private boolean isIntended(ComputeTarget target, ResourceId id) {
    return cluster.records().values().stream()
        .map(AssignedIdentity::provenance)
        .anyMatch(known -> target.equals(known.target()) && known.addedIds().contains(id));
  }

  /** The next process goes by the records: what they still say that MIC attaches is MIC's. */
  void processEnds() {
    disputed.forEach(
        (target, ids) ->
            ids.stream()
                .filter(id -> isIntended(target, id))
                .forEach(id -> of(foreign, target).remove(id)));
    disputed.clear();
  }

  void detach(ComputeTarget target, ResourceId id) {
    if (slow.isBusy(target)) {
      return;
    }
    story.accept("others detach %s from %s".formatted(id.name(), target.id().name()));
    azure.remove(target, id);
    of(foreign, target).remove(id);
    of(disputed, target).remove(id);
  }

  /** Nothing is there that pods do not need, but what others ever attached. */
  void assertNothingLeaked(ComputeTarget target, Set<ResourceId> needed) {
    Set<ResourceId> mayBe = new HashSet<>(of(everForeign, target));
    mayBe.addAll(needed);
    assertThat(azure.on(target))
        .as("on %s", target)
        .containsAll(of(foreign, target))
        .isSubsetOf(mayBe);
  }

  /** What MIC takes off is its own, and nobody's who was told to have it. */
  private void check(ComputeTarget target, Set<ResourceId> detach) {
    assertThat(detach).as("of others").noneMatch(of(foreign, target)::contains);
    assertThat(cluster.records().values())
        .filteredOn(record -> record.state() == AssignmentState.ASSIGNED)
        .filteredOn(record -> targetOfNode.apply(record.nodeName()).equals(target))
        .flatExtracting(record -> TargetPlans.managedIdentity(record.identity()))
        .as("assigned")
        .noneMatch(detach::contains);
  }

  private static Set<ResourceId> of(Map<ComputeTarget, Set<ResourceId>> map, ComputeTarget target) {
    return map.computeIfAbsent(target, key -> new HashSet<>());
  }
}
