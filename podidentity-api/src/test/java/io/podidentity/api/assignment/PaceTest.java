package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.RecordingTelemetry;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** When changes are gathered, machines looked at, and what waits is taken off. */
class PaceTest {
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final Duration CHECKS = Duration.ofMinutes(3);

  private final CallLog log = new CallLog();
  private final ManualTimer timer = new ManualTimer();
  private final InMemoryCluster cluster = new InMemoryCluster(log, timer.clock());
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final RecordingTelemetry telemetry = new RecordingTelemetry();
  private final QueuedExecutor workers = new QueuedExecutor();

  @Test
  void changesOfOneMachineWithinTheWindowAreOneCall() {
    start(WINDOW, Duration.ZERO, Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      bind("web-" + i, "n1");
      workers.runAll();
      pass(Duration.ofMillis(199));
    }
    assertThat(log.calls()).isEmpty();

    pass(Duration.ofMillis(5));

    assertThat(log.calls())
        .filteredOn(call -> call.startsWith("attach"))
        .containsExactly("attach n1 web-0 web-1 web-2 web-3 web-4");
  }

  @Test
  void windowEndsEarlyOnceNoMoreComesForAQuarterOfIt() {
    start(WINDOW, Duration.ZERO, Duration.ZERO);
    bind("first", "n1");
    workers.runAll();
    pass(Duration.ofMillis(240));
    bind("second", "n1");
    workers.runAll();
    pass(Duration.ofMillis(250));
    assertThat(log.calls()).isEmpty();

    pass(Duration.ofMillis(125));

    assertThat(log.calls()).contains("attach n1 first second");
  }

  /** The rest after a pass is a part of the window of what came meanwhile. */
  @Test
  void whatWaitedForAPassIsNotGatheredForAsLongAgain() {
    Duration hour = Duration.ofHours(1);
    start(new ReconcilePace(Duration.ofDays(1), hour, Duration.ZERO, RetryPolicy.DEFAULT, hour));
    bind("web", "n1");
    pass(hour);
    assertThat(log.calls()).isEmpty();

    pass(hour.dividedBy(8));

    assertThat(log.calls()).contains("attach n1 web");
  }

  /** It may have waited for a leader. */
  @Test
  void whatIsThereAtTheStartDoesNotWaitForMore() {
    bind("web", "n1");

    start(WINDOW, Duration.ZERO, Duration.ZERO);

    assertThat(log.calls()).contains("attach n1 web");
  }

  @Test
  void aWindowOfOneMachineIsNoneOfAnothers() {
    start(WINDOW, Duration.ZERO, Duration.ZERO);
    bind("first", "n1");
    workers.runAll();
    pass(Duration.ofMillis(300));
    bind("second", "n2");
    workers.runAll();

    pass(Duration.ofMillis(100));
    assertThat(log.calls()).contains("attach n1 first").noneMatch(c -> c.contains("n2"));

    pass(Duration.ofMillis(300));
    assertThat(log.calls()).contains("attach n2 second");
  }

  @Test
  void whatIsGoneBeforeTheWindowIsOverIsNotDone() {
    start(WINDOW, Duration.ZERO, Duration.ZERO);
    bind("web", "n1");
    workers.runAll();
    cluster.removePod("default/web");
    workers.runAll();

    pass(WINDOW);

    assertThat(log.calls()).isEmpty();
  }

  /** Nothing becomes one with what needs no change. */
  @Test
  void podForAnIdentityThatWasSeenThereWaitsForNoOthers() {
    bind("web", "n1");
    start(WINDOW, Duration.ZERO, Duration.ZERO);
    log.calls().clear();
    azure.reads().clear();
    cluster.put(PodBuilder.pod("default/another").bindingLabel("web").node("n1").build());

    workers.runAll();

    assertThat(cluster.records().values())
        .extracting(AssignedIdentity::state)
        .containsExactly(AssignmentState.ASSIGNED, AssignmentState.ASSIGNED);
    assertThat(log.calls()).noneMatch(call -> call.startsWith("attach"));
    assertThat(azure.reads()).isEmpty();
  }

  /** What is there before MIC attaches it is never taken off by MIC. */
  @Test
  void identityThatSomebodyAttachesWithinTheWindowIsTheirs() {
    start(WINDOW, Duration.ZERO, Duration.ZERO);
    bind("web", "n1");
    workers.runAll();
    azure.put(machine("n1"), identityId("web"));

    pass(WINDOW);

    AssignedIdentity record = cluster.records().values().iterator().next();
    assertThat(record.state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(record.provenance().isKnown()).isTrue();
    assertThat(record.provenance().addedIds()).isEmpty();
  }

  @Test
  void eachMachineIsLookedAtOnceInEachInterval() {
    start(Duration.ZERO, CHECKS, Duration.ZERO);
    for (int i = 0; i < 20; i++) {
      bind("web-" + i, "n" + i);
    }
    workers.runAll();
    azure.reads().clear();

    // A round takes up to a tenth longer than the interval.
    for (int second = 0; second < 199; second++) {
      pass(Duration.ofSeconds(1));
    }
    assertThat(azure.reads()).hasSizeBetween(20, 40);
    assertThat(Set.copyOf(azure.reads())).hasSize(20);
    int reads = azure.reads().size();
    assertThat(reads - 20).as("looked at twice in 199 s").isLessThanOrEqualTo(4);
    assertThat(log.calls()).filteredOn(call -> call.startsWith("attach")).hasSize(20);
  }

  /** v1 believed any client ID. Where nothing is ever looked at, this is. */
  @Test
  void whatV1AssignedIsLookedAtWhenMicBegins() {
    for (String name : new String[] {"good", "bad"}) {
      bind(name, "n1");
      azure.put(machine("n1"), identityId(name));
      cluster.put(
          RecordBuilder.record(
                  PodBuilder.pod("default/" + name).bindingLabel(name).node("n1").build(),
                  identity("default/" + name))
              .binding(binding("default/" + name, name, name))
              .podUid(null)
              .build());
    }
    azure.report(identityId("bad"), clientId("kubelet").value());

    start(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    assertThat(cluster.records().values())
        .extracting(record -> record.name().name(), AssignedIdentity::state)
        .containsExactlyInAnyOrder(
            tuple("good-default-good", AssignmentState.ASSIGNED),
            tuple("bad-default-bad", AssignmentState.CREATED));
    assertThat(azure.reads()).containsExactly(machine("n1"));
    assertThat(telemetry.reports())
        .containsExactly("not assigned default/bad-default-bad: IDENTITY_INVALID");
  }

  @Test
  void whatVanishedIsBackWithinAnIntervalAndATenth() {
    start(Duration.ZERO, CHECKS, Duration.ZERO);
    bind("web", "n1");
    workers.runAll();
    azure.remove(machine("n1"), identityId("web"));

    for (int second = 0; second < 198; second++) {
      pass(Duration.ofSeconds(1));
    }

    assertThat(azure.on(machine("n1"))).containsExactly(identityId("web"));
  }

  @Test
  void aMachineThatIsBusyWhenItsTurnComesIsLookedAtWhenItIsFree() {
    start(Duration.ZERO, CHECKS, Duration.ZERO);
    bind("web", "n1");
    workers.runAll();
    azure.remove(machine("n1"), identityId("web"));
    bind("other", "n1");
    workers.runNext();
    assertThat(workers.queued()).as("the worker that waits").isOne();
    for (int second = 0; second < 198; second++) {
      timer.advance(Duration.ofSeconds(1));
      if (workers.queued() > 1) {
        workers.runNewest();
      }
    }

    workers.runAll();

    assertThat(azure.on(machine("n1")))
        .containsExactlyInAnyOrder(identityId("web"), identityId("other"));
  }

  @Test
  void lookThatFallsIntoAPassThatFailsIsMadeInTheNextOne() {
    AtomicBoolean fails = new AtomicBoolean();
    PlannerOptions options = new PlannerOptions(false, Set.of(), "", false, Duration.ZERO);
    start(
        new ReconcilePace(Duration.ofHours(1), Duration.ZERO, CHECKS, RetryPolicy.DEFAULT),
        new AssignmentPlanner(
            () -> {
              if (fails.get()) {
                throw new IllegalStateException("for the test");
              }
              return options;
            }));
    bind("web", "n1");
    workers.runAll();
    azure.remove(machine("n1"), identityId("web"));
    fails.set(true);
    pass(CHECKS.plus(CHECKS.dividedBy(10)));
    assertThat(telemetry.reports()).anyMatch(report -> report.startsWith("pass failed"));

    fails.set(false);
    // Less than to the next look of its round.
    pass(RetryPolicy.DEFAULT.most());

    assertThat(azure.on(machine("n1"))).containsExactly(identityId("web"));
  }

  @Test
  void whatWaitsIsTakenOffWhenItsTimeHasComeThoughNothingHappens() {
    start(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(2));
    bind("web", "n1");
    workers.runAll();
    cluster.removePod("default/web");
    workers.runAll();
    pass(Duration.ofMinutes(2).minusMillis(1));
    assertThat(azure.on(machine("n1"))).containsExactly(identityId("web"));

    pass(Duration.ofMillis(1));

    assertThat(azure.on(machine("n1"))).isEmpty();
    assertThat(cluster.records()).isEmpty();
  }

  @Test
  void whatAChangedIdentityLeavesBehindGoesThoughNobodyTellsOfOurWrites() {
    start(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(2));
    bind("web", "n1");
    workers.runAll();
    cluster.put(identity("default/web", "new"));
    workers.runAll();

    pass(Duration.ofMinutes(2));

    assertThat(azure.on(machine("n1"))).containsExactly(identityId("new"));
  }

  @Test
  void aWarningIsToldOnceForAsLongAsItHolds() {
    start(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    bind("web", "n1");
    cluster.put(PodBuilder.pod("default/web").bindingLabel("web").node("n1").hostNetwork().build());
    workers.runAll();
    cluster.put(node("n9"));
    workers.runAll();

    assertThat(telemetry.reports())
        .filteredOn(report -> report.startsWith("noticed"))
        .containsExactly("noticed POD default/web");
  }

  @Test
  void timesAreNotNegative() {
    assertThatThrownBy(
            () ->
                new ReconcilePace(
                    CHECKS, Duration.ofMillis(-1), Duration.ZERO, RetryPolicy.DEFAULT))
        .hasMessage("window, checkInterval and apart must not be negative");
  }

  @Test
  void changesThatComeSoonAfterAPassShareTheNextOne() {
    Duration hour = Duration.ofHours(1);
    // No test takes an hour: what comes after the first pass comes too soon.
    start(resting(hour));
    int passes = cluster.snapshots();
    for (int i = 0; i < 5; i++) {
      bind("web-" + i, "n1");
      workers.runAll();
    }
    assertThat(cluster.snapshots()).isEqualTo(passes);

    pass(hour);

    assertThat(log.calls()).contains("attach n1 web-0 web-1 web-2 web-3 web-4");
  }

  @Test
  void changesThatComeDuringAPassWaitForTheRestAfterIt() {
    Duration hour = Duration.ofHours(1);
    start(resting(hour));
    bind("web", "n1");
    // As of a thread of the watch, in the midst of the pass.
    telemetry.atNextNotice(() -> bind("other", "n1"));
    cluster.put(PodBuilder.pod("default/web").bindingLabel("web").node("n1").hostNetwork().build());
    pass(hour);
    int passes = cluster.snapshots();
    assertThat(log.calls()).contains("attach n1 web").noneMatch(call -> call.contains("other"));

    pass(hour);

    assertThat(cluster.snapshots()).isGreaterThan(passes);
    assertThat(log.calls()).contains("attach n1 other");
  }

  @Test
  void passesTakeAFifthOfTheTimeAtMost() {
    assertThat(ReconcilePace.DEFAULT.restAfter(Duration.ofMillis(1))).hasMillis(50);
    assertThat(ReconcilePace.DEFAULT.restAfter(Duration.ofMillis(100))).hasMillis(400);
    assertThat(ReconcilePace.DEFAULT.restAfter(Duration.ofSeconds(9))).hasSeconds(1);
  }

  private void pass(Duration by) {
    timer.advance(by);
    workers.runAll();
  }

  private static ReconcilePace resting(Duration apart) {
    return new ReconcilePace(
        Duration.ofDays(1), Duration.ZERO, Duration.ZERO, RetryPolicy.DEFAULT, apart);
  }

  private void start(ReconcilePace pace) {
    start(pace, Duration.ZERO);
  }

  private void start(Duration window, Duration checks, Duration detachDelay) {
    start(new ReconcilePace(Duration.ofHours(1), window, checks, RetryPolicy.DEFAULT), detachDelay);
  }

  private void start(ReconcilePace pace, Duration detachDelay) {
    start(pace, new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, detachDelay)));
  }

  private void start(ReconcilePace pace, AssignmentPlanner planner) {
    new Reconciler(
            cluster,
            planner,
            new TargetApplier(
                cluster, azure, telemetry, Runnable::run, ApplierOptions.DEFAULT, timer.clock()),
            telemetry,
            workers,
            timer,
            pace)
        .start();
    workers.runAll();
  }

  private void bind(String name, String node) {
    cluster.put(node(node));
    cluster.put(identity("default/" + name));
    cluster.put(binding("default/" + name, name, name));
    cluster.put(PodBuilder.pod("default/" + name).bindingLabel(name).node(node).build());
  }
}
