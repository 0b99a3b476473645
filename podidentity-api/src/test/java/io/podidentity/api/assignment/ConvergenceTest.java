package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.SeededAzure;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.SeededCluster;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every cluster: planning and carrying out, over clusters made from seeds. */
class ConvergenceTest {
  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  static LongStream fewSeeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theOrderOfInputMakesNoDifference(long seed) {
    World world = new World(seed);
    ClusterSnapshot snapshot = world.cluster.snapshot();

    assertThat(world.planner.plan(shuffled(snapshot, seed)))
        .isEqualTo(world.planner.plan(shuffled(snapshot, ~seed)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aPlanThatWasCarriedOutLeavesNothingToPlan(long seed) {
    World world = new World(seed);

    world.run();

    world.assertConverged();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noIdentityLeavesItsNamespaceWhenNamespaced(long seed) {
    World world = new World(seed);

    for (TargetPlan target : world.planner.plan(world.cluster.snapshot()).targets()) {
      assertThat(target.creates()).allMatch(world::staysInItsNamespace);
      assertThat(target.confirms()).allMatch(change -> world.staysInItsNamespace(change.desired()));
      assertThat(target.updates()).allMatch(change -> world.staysInItsNamespace(change.desired()));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void onlyWhatARecordSaysWasAddedIsDetachedAndNothingThatIsNeeded(long seed) {
    World world = new World(seed);
    Map<ComputeTarget, Set<ResourceId>> added = world.addedByRecords();
    Map<ComputeTarget, Set<ResourceId>> needed = world.needed();
    world.azure.checkDetach(
        (target, ids) -> {
          assertThat(added.getOrDefault(target, Set.of())).containsAll(ids);
          assertThat(ids).noneMatch(needed.getOrDefault(target, Set.of())::contains);
        });

    world.run();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whenAllPodsAreGoneWhatMicAddedIsOffAndNothingElse(long seed) {
    World world = new World(seed);
    Map<ComputeTarget, Set<ResourceId>> left = new HashMap<>(world.azure.all());
    world.addedByRecords().forEach((target, ids) -> left.merge(target, ids, World::without));
    world.run();

    world.cluster.snapshot().pods().forEach(pod -> world.cluster.removePod(pod.name().toString()));
    world.run();

    assertThat(world.cluster.records()).isEmpty();
    assertThat(world.azure.all()).isEqualTo(left);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("fewSeeds")
  void killedAtAnyCallTheNextProcessEndsWhereAnUndisturbedOneDoes(long seed) {
    World undisturbed = new World(seed);
    undisturbed.run();

    for (int boundary = 0; boundary < undisturbed.log.boundaries(); boundary++) {
      World world = new World(seed);
      world.log.killAt(boundary);
      world.runUntilKilled();
      world.log.restart();
      world.run();

      world.assertConverged();
      world.assertSameAs(undisturbed, "killed at boundary " + boundary);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("fewSeeds")
  void whateverCallFailsTheNextPassEndsWhereAnUndisturbedOneDoes(long seed) {
    World undisturbed = new World(seed);
    undisturbed.run();

    for (int boundary = 0; boundary < undisturbed.log.boundaries(); boundary++) {
      World world = new World(seed);
      world.log.failAt(
          boundary, new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "no answer"));
      world.log.checkAtEachBoundary(world.safety());
      world.run();

      world.assertConverged();
      world.assertSameAs(undisturbed, "failed at boundary " + boundary);
    }
  }

  private static ClusterSnapshot shuffled(ClusterSnapshot snapshot, long seed) {
    Random random = new Random(seed);
    return new ClusterSnapshot(
        shuffled(snapshot.pods(), random),
        shuffled(snapshot.identities(), random),
        shuffled(snapshot.bindings(), random),
        shuffled(snapshot.records(), random),
        shuffled(snapshot.nodes(), random),
        snapshot.now());
  }

  private static <T> List<T> shuffled(List<T> list, Random random) {
    List<T> copy = new ArrayList<>(list);
    Collections.shuffle(copy, random);
    return copy;
  }

  /** A cluster, its Azure, and MIC's two steps over them. Every other seed is namespaced. */
  private static final class World {
    final CallLog log = new CallLog();
    final InMemoryAzure azure = new InMemoryAzure(log);
    final InMemoryCluster cluster;
    final boolean forceNamespaced;
    final AssignmentPlanner planner;
    final TargetApplier applier;
    final List<DesiredAssignment> desired;

    World(long seed) {
      forceNamespaced = seed % 2 == 1;
      ClusterSnapshot snapshot = SeededCluster.of(seed, forceNamespaced);
      cluster = new InMemoryCluster(log, snapshot);
      SeededAzure.fill(azure, snapshot.records(), seed);
      planner = new AssignmentPlanner(new PlannerOptions(forceNamespaced, Set.of()));
      applier =
          new TargetApplier(
              cluster,
              azure,
              Telemetry.NOOP,
              Runnable::run,
              ApplierOptions.DEFAULT.withBatchSize(4),
              Clock.systemUTC());
      desired =
          new BindingMatcher(forceNamespaced)
              .match(snapshot).desired().stream()
                  .filter(wanted -> !wanted.nodeName().equals("n5"))
                  .toList();
    }

    /** Four passes: records that stand in the way take one, a failure another. */
    void run() {
      for (int pass = 0; pass < 4; pass++) {
        planner.plan(cluster.snapshot()).targets().forEach(applier::apply);
      }
    }

    void runUntilKilled() {
      try {
        run();
      } catch (CallLog.Killed e) {
        return;
      } catch (CompletionException e) {
        assertThat(e).hasCauseInstanceOf(CallLog.Killed.class);
      }
    }

    boolean staysInItsNamespace(DesiredAssignment wanted) {
      return wanted.identity().isOpenTo(wanted.pod().name().namespace(), forceNamespaced);
    }

    void assertConverged() {
      assertThat(planner.plan(cluster.snapshot()).targets()).allMatch(World::isWaitingForAMachine);
      assertThat(cluster.records().keySet())
          .containsExactlyInAnyOrderElementsOf(desired.stream().map(d -> d.record()).toList());
      for (DesiredAssignment wanted : desired) {
        AssignedIdentity record = cluster.records().get(wanted.record());
        ComputeTarget target = SeededAzure.targetOf(wanted.nodeName());
        ResourceId id = managed(wanted.identity());
        if (target != null && id != null) {
          assertThat(azure.on(target)).contains(id);
        }
        // On a node without a machine it stays as it is until there is one.
        if (target != null || id == null) {
          assertThat(record.describes(wanted)).isTrue();
          assertThat(record.state()).isEqualTo(AssignmentState.ASSIGNED);
        }
      }
    }

    /** A node without a machine: its pods' records stay as they are until it has one. */
    private static boolean isWaitingForAMachine(TargetPlan plan) {
      return plan.target() == null
          && plan.creates().isEmpty()
          && plan.removals().isEmpty()
          && !plan.attach().isEmpty();
    }

    /** What must hold at every moment. */
    Runnable safety() {
      Map<ComputeTarget, Set<ResourceId>> before = azure.all();
      return () -> {
        assertAssignedIsThere();
        assertRecordsNameWhatWasAdded(before);
      };
    }

    /** What we put on a machine a record names, so that it is taken off again some day. */
    private void assertRecordsNameWhatWasAdded(Map<ComputeTarget, Set<ResourceId>> before) {
      Map<NamespacedName, AssignedIdentity> records = cluster.records();
      Map<ComputeTarget, Set<ResourceId>> named = new HashMap<>(before);
      named.replaceAll((target, ids) -> new HashSet<>(ids));
      records.values().forEach(record -> put(named, record.nodeName(), managed(record.identity())));
      desired.stream()
          .filter(wanted -> records.containsKey(wanted.record()))
          .forEach(wanted -> put(named, wanted.nodeName(), managed(wanted.identity())));
      azure.all().forEach((target, ids) -> assertThat(named.get(target)).containsAll(ids));
    }

    /** Whoever is told "assigned" finds the identity on the machine. */
    private void assertAssignedIsThere() {
      Map<NamespacedName, AssignedIdentity> records = cluster.records();
      for (DesiredAssignment wanted : desired) {
        AssignedIdentity record = records.get(wanted.record());
        ComputeTarget target = SeededAzure.targetOf(wanted.nodeName());
        ResourceId id = managed(wanted.identity());
        if (record != null
            && record.state() == AssignmentState.ASSIGNED
            // NMI gives nothing for one that is being deleted.
            && !record.terminating()
            && record.describes(wanted)
            && target != null
            && id != null) {
          assertThat(azure.on(target)).contains(id);
        }
      }
    }

    void assertSameAs(World other, String what) {
      assertThat(azure.all()).as(what).isEqualTo(other.azure.all());
      assertThat(states()).as(what).isEqualTo(other.states());
    }

    private Map<NamespacedName, AssignmentState> states() {
      Map<NamespacedName, AssignmentState> states = new HashMap<>();
      cluster.records().forEach((name, record) -> states.put(name, record.state()));
      return states;
    }

    Map<ComputeTarget, Set<ResourceId>> addedByRecords() {
      Map<ComputeTarget, Set<ResourceId>> added = new HashMap<>();
      for (AssignedIdentity record : cluster.records().values()) {
        if (record.state() != AssignmentState.CREATED) {
          put(added, record.nodeName(), managed(record.identity()));
        }
      }
      return added;
    }

    /** By pods whose records do not have to go first: with these goes whose the identities are. */
    Map<ComputeTarget, Set<ResourceId>> needed() {
      Map<NamespacedName, AssignedIdentity> records = cluster.records();
      Map<ComputeTarget, Set<ResourceId>> needed = new HashMap<>();
      desired.stream()
          .filter(wanted -> staysOrComes(records.get(wanted.record()), wanted))
          .forEach(wanted -> put(needed, wanted.nodeName(), managed(wanted.identity())));
      return needed;
    }

    private static boolean staysOrComes(
        @Nullable AssignedIdentity record, DesiredAssignment wanted) {
      return record == null
          || (!record.terminating()
              && Objects.equals(
                  SeededAzure.targetOf(record.nodeName()),
                  SeededAzure.targetOf(wanted.nodeName())));
    }

    static Set<ResourceId> without(Set<ResourceId> all, Set<ResourceId> some) {
      Set<ResourceId> rest = new HashSet<>(all);
      rest.removeAll(some);
      return rest;
    }

    private static void put(
        Map<ComputeTarget, Set<ResourceId>> map, String node, @Nullable ResourceId id) {
      ComputeTarget target = SeededAzure.targetOf(node);
      if (target != null && id != null) {
        map.computeIfAbsent(target, key -> new HashSet<>()).add(id);
      }
    }

    private static @Nullable ResourceId managed(AzureIdentity identity) {
      return identity.credential() instanceof Credential.ManagedIdentity managed
          ? managed.resourceId()
          : null;
    }
  }
}
