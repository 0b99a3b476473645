package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.fixture.SlowAzure;
import io.podidentity.api.fixture.Turns;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A small cluster and its Azure, what happens to them by chance, and a MIC that dies at times. Pods
 * come singly and by threes, changes of Azure take their time, and between any two calls of MIC
 * anything else may happen. One seed is one story: time, threads and chance are all of this
 * world's.
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
  private final SlowAzure slow;
  private final AssignmentPlanner planner =
      new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, Duration.ofMinutes(2)));
  private final OtherHands others;

  private Duration skew = Duration.ZERO;
  private RandomMic mic;

  RandomWorld(long seed) {
    random = new Random(seed);
    slow = new SlowAzure(azure, timer, random, this::note);
    cluster = new InMemoryCluster(log, new SkewedClock());
    others = new OtherHands(cluster, azure, slow, RandomWorld::targetOf, this::note);
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
      case 0, 1 -> podComes();
      case 2, 3 -> podsCome();
      case 4 -> podGoes("web" + random.nextInt(8));
      case 5 -> {
        for (int pod = 0; pod < 3; pod++) {
          podGoes("set" + pod);
        }
      }
      case 6 -> identityComes(some());
      case 7 -> identityGoes("x" + some());
      case 8 -> others.attach(target(), Samples.identityId(oneIn(3) ? "other" : "r" + some()));
      case 9 -> others.detach(target(), Samples.identityId("r" + some()));
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
    slow.beQuick();
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
      mic.turns().runAll();
      timer.advance(step);
    }
    mic.turns().runAll();
  }

  /** What happened, after a {@code #}, and what MIC did, in this order. */
  List<String> story() {
    return List.copyOf(story);
  }

  int reads() {
    return azure.reads().size();
  }

  int mostChangesInAMinute() {
    return slow.mostInAMinute();
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
      assertThat(azure.on(target)).as("on %s", target).containsAll(needed);
      others.assertNothingLeaked(target, needed);
    }
  }

  private void podComes() {
    podComes("web" + random.nextInt(8), some(), "n" + random.nextInt(NODES.size()));
  }

  /** Of one identity, on one target. */
  private void podsCome() {
    int identity = some();
    String node = oneIn(2) ? "n2" : "n" + random.nextInt(NODES.size());
    for (int pod = 0; pod < 3; pod++) {
      podComes("set" + pod, identity, node.equals("n2") && oneIn(2) ? "n3" : node);
    }
  }

  private void podComes(String name, int identity, String node) {
    PodBuilder pod =
        PodBuilder.pod("default/" + name)
            .uid("uid-" + random.nextInt(1_000))
            .bindingLabel("app" + identity)
            .node(node);
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

  /** Some of what MIC's threads could do now. */
  private void work() {
    Turns threads = mic.turns();
    for (int i = random.nextInt(40); i > 0 && threads.ready() > 0; i--) {
      threads.run(random.nextInt(threads.ready()));
    }
  }

  private void startAgain() {
    note("MIC starts again");
    mic.kill();
    others.processEnds();
    log.restart();
    skew = Duration.ofSeconds(random.nextInt(1_200) - 600L);
    mic = start();
  }

  private RandomMic start() {
    return new RandomMic(cluster, slow, planner, timer, new SkewedClock(), random::nextDouble);
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

  private static PodIdentityException lost() {
    return new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "the answer is lost");
  }

  private static PodIdentityException unavailable() {
    return new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "for the test");
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
