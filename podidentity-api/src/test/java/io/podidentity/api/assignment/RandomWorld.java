package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A small cluster and its Azure, what happens to them by chance, and a MIC that dies at times. One
 * seed is one story: time, threads and chance are all of this world's.
 */
final class RandomWorld {
  private static final List<Node> NODES =
      List.of(
          Samples.node("n0"),
          Samples.node("n1"),
          Samples.node("n2", Samples.scaleSet("pool")),
          Samples.node("n3", Samples.scaleSet("POOL")));

  static final int TARGETS = 3;
  private static final int IDENTITIES = 4;

  private final Random random;
  private final CallLog log = new CallLog();
  private final List<String> story = log.calls();
  private final ManualTimer timer = new ManualTimer();
  private final InMemoryCluster cluster;
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final AssignmentPlanner planner =
      new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, Duration.ofMinutes(2)));
  // What is there by other hands than MIC's, and what has ever been.
  private final Map<ComputeTarget, Set<ResourceId>> foreign = new HashMap<>();
  private final Map<ComputeTarget, Set<ResourceId>> everForeign = new HashMap<>();

  private Duration skew = Duration.ZERO;
  private QueuedExecutor threads = new QueuedExecutor();
  private Reconciler mic;

  RandomWorld(long seed) {
    random = new Random(seed);
    cluster = new InMemoryCluster(log, new SkewedClock());
    NODES.forEach(cluster::put);
    for (int i = 0; i < IDENTITIES; i++) {
      identityComes(i);
      cluster.put(Samples.binding("default/b" + i, "x" + i, "app" + i));
    }
    mic = start();
  }

  /** Something happens, and then for a while nothing does. */
  void event() {
    switch (random.nextInt(15)) {
      case 0, 1, 2, 3 -> podComes();
      case 4, 5 -> podGoes("web" + random.nextInt(8));
      case 6 -> identityComes(some());
      case 7 -> identityGoes("x" + some());
      case 8 -> othersAttach(target(), Samples.identityId(oneIn(3) ? "other" : "r" + some()));
      case 9 -> othersDetach(target(), Samples.identityId("r" + some()));
      case 10 -> {
        boolean azureIsAway = oneIn(3);
        boolean serverIsAway = oneIn(4);
        note("away: " + (azureIsAway ? "Azure " : "") + (serverIsAway ? "API server" : ""));
        azure.fail(azureIsAway ? unavailable() : null);
        cluster.failWrites(serverIsAway ? lost() : null);
      }
      case 11 -> {
        ResourceId id = Samples.identityId("r" + some());
        boolean refused = random.nextBoolean();
        note((refused ? "refused from now on: " : "taken from now on: ") + id.name());
        if (refused) {
          azure.reject(id);
        } else {
          azure.accept(id);
        }
      }
      case 12 -> identityChanges(some(), some());
      case 13 -> {
        note("an answer will be lost");
        log.failAt(log.boundaries() + random.nextInt(6), lost());
      }
      default -> {
        note("MIC will die");
        log.failAt(log.boundaries() + random.nextInt(8), new CallLog.Killed());
        work();
        startAgain();
      }
    }
    work();
    timer.advance(Duration.ofMillis(oneIn(3) ? random.nextInt(200_000) : random.nextInt(1_500)));
    work();
  }

  /** No more faults, and time enough for what rests after the last ones. */
  void calm() {
    azure.fail(null);
    cluster.failWrites(null);
    for (int i = 0; i < IDENTITIES; i++) {
      azure.accept(Samples.identityId("r" + i));
    }
    log.restart();
    pass(Duration.ofMinutes(40));
  }

  void pass(Duration time) {
    Duration step = Duration.ofSeconds(5);
    for (Duration left = time; !left.isNegative(); left = left.minus(step)) {
      threads.runAll();
      timer.advance(step);
    }
    threads.runAll();
  }

  /** What happened, after a {@code #}, and what MIC did, in this order. */
  List<String> story() {
    return List.copyOf(story);
  }

  int reads() {
    return azure.reads().size();
  }

  int calls() {
    return log.calls().size();
  }

  void assertConverged() {
    assertThat(planner.plan(cluster.snapshot()).targets()).isEmpty();
    List<DesiredAssignment> desired = new BindingMatcher(false).match(cluster.snapshot()).desired();
    assertThat(cluster.records().keySet())
        .containsExactlyInAnyOrderElementsOf(
            desired.stream().map(DesiredAssignment::record).toList());
    assertThat(cluster.records().values())
        .extracting(AssignedIdentity::state)
        .allMatch(AssignmentState.ASSIGNED::equals);
    for (Node node : NODES) {
      ComputeTarget target = node.target();
      Set<ResourceId> needed = new HashSet<>();
      desired.stream()
          .filter(wanted -> targetOf(wanted.nodeName()).equals(target))
          .forEach(wanted -> needed.addAll(TargetPlans.managedIdentity(wanted.identity())));
      Set<ResourceId> mayBe = new HashSet<>(of(everForeign, target));
      mayBe.addAll(needed);
      assertThat(azure.on(target))
          .as("on %s", target)
          .containsAll(needed)
          .containsAll(of(foreign, target))
          .isSubsetOf(mayBe);
    }
  }

  private void podComes() {
    PodBuilder pod =
        PodBuilder.pod("default/web" + random.nextInt(8))
            .uid("uid-" + random.nextInt(1_000))
            .bindingLabel("app" + some())
            .node("n" + random.nextInt(NODES.size()));
    put((oneIn(8) ? pod.phase(PodPhase.SUCCEEDED) : pod).build());
  }

  private void put(Pod pod) {
    note(
        "pod %s (%s, %s) on %s, %s"
            .formatted(
                pod.name().name(), pod.uid(), pod.bindingLabel(), pod.nodeName(), pod.phase()));
    cluster.put(pod);
  }

  private void podGoes(String name) {
    note("pod gone: " + name);
    cluster.removePod("default/" + name);
  }

  private void identityComes(int which) {
    identityChanges(which, which);
  }

  /** There, and some day back. */
  private void identityChanges(int which, int resource) {
    note("identity x%d is r%d".formatted(which, resource));
    cluster.put(Samples.identity("default/x" + which, "r" + resource));
  }

  private void identityGoes(String name) {
    note("identity gone: " + name);
    cluster.removeIdentity("default/" + name);
  }

  private void note(String event) {
    story.add("# " + event);
  }

  /** Nobody can tell whose it is if a record says that MIC is about to attach it. */
  private void othersAttach(ComputeTarget target, ResourceId id) {
    boolean intended =
        cluster.records().values().stream()
            .map(AssignedIdentity::provenance)
            .anyMatch(known -> target.equals(known.target()) && known.addedIds().contains(id));
    if (!intended && !azure.on(target).contains(id)) {
      note("others attach %s to %s".formatted(id.name(), target.id().name()));
      azure.put(target, id);
      of(foreign, target).add(id);
      of(everForeign, target).add(id);
    }
  }

  private void othersDetach(ComputeTarget target, ResourceId id) {
    note("others detach %s from %s".formatted(id.name(), target.id().name()));
    azure.remove(target, id);
    of(foreign, target).remove(id);
  }

  /** Some of what MIC's threads could do now. */
  private void work() {
    for (int i = random.nextInt(12); i > 0 && threads.queued() > 0; i--) {
      if (random.nextBoolean()) {
        threads.runNext();
      } else {
        threads.runNewest();
      }
    }
  }

  /** What the dead one had not done yet is never done. */
  private void startAgain() {
    note("MIC starts again");
    mic.close();
    log.restart();
    skew = Duration.ofSeconds(random.nextInt(1_200) - 600L);
    threads = new QueuedExecutor();
    mic = start();
  }

  private Reconciler start() {
    Reconciler started =
        new Reconciler(
            cluster,
            planner,
            new TargetApplier(
                cluster,
                new Watched(),
                Telemetry.NOOP,
                Runnable::run,
                ApplierOptions.DEFAULT.withBatchSize(3),
                new SkewedClock()),
            new Telemetry() {
              @Override
              public void passFailed(RuntimeException error) {
                boolean made =
                    error instanceof CallLog.Killed || error.getCause() instanceof CallLog.Killed;
                if (!made) {
                  throw new AssertionError("failed otherwise than it was made to", error);
                }
              }
            },
            threads,
            timer,
            new ReconcilePace(
                Duration.ofHours(1),
                Duration.ofSeconds(1),
                Duration.ofMinutes(3),
                new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(2))),
            random::nextDouble);
    started.start();
    return started;
  }

  private int some() {
    return random.nextInt(IDENTITIES);
  }

  private boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  private ComputeTarget target() {
    return targetOf("n" + random.nextInt(NODES.size()));
  }

  private static ComputeTarget targetOf(String node) {
    return NODES.stream()
        .filter(one -> one.name().equals(node))
        .map(Node::target)
        .findFirst()
        .orElseThrow();
  }

  private static Set<ResourceId> of(Map<ComputeTarget, Set<ResourceId>> map, ComputeTarget target) {
    return map.computeIfAbsent(target, key -> new HashSet<>());
  }

  private static PodIdentityException lost() {
    return new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "the answer is lost");
  }

  private static PodIdentityException unavailable() {
    return new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "for the test");
  }

  /** Azure as MIC has it: what it takes off is its own, and nobody's who was told to have it. */
  private final class Watched implements ComputeIdentities {
    @Override
    public TargetIdentities read(ComputeTarget target) {
      return azure.read(target);
    }

    @Override
    public TargetIdentities update(
        ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
      assertThat(detach).noneMatch(of(foreign, target)::contains);
      assertThat(cluster.records().values())
          .filteredOn(record -> record.state() == AssignmentState.ASSIGNED)
          .filteredOn(record -> targetOf(record.nodeName()).equals(target))
          .flatExtracting(record -> TargetPlans.managedIdentity(record.identity()))
          .noneMatch(detach::contains);
      return azure.update(target, attach, detach);
    }
  }

  /** A clock that may be wrong, and is wrong by something else in each process. */
  private final class SkewedClock extends Clock {
    @Override
    public Instant instant() {
      return timer.clock().instant().plus(skew);
    }

    @Override
    public ZoneId getZone() {
      return timer.clock().getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
