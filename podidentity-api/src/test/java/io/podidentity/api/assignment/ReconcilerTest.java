package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.node;
import static io.podidentity.api.fixture.Samples.unusable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.fixture.RecordingTelemetry;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Passes, targets and rests, with time and threads in the test's hand. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReconcilerTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final RetryPolicy RETRIES = new RetryPolicy(SECOND, Duration.ofMinutes(2));
  private final PodIdentityException unavailable =
      new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "no answer");

  private final CallLog log = new CallLog();
  private final ManualTimer timer = new ManualTimer();
  private final InMemoryCluster cluster = new InMemoryCluster(log, timer.clock());
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final RecordingTelemetry telemetry = new RecordingTelemetry();
  private final QueuedExecutor workers = new QueuedExecutor();
  private final Reconciler reconciler = reconciler(cluster, azure, workers);

  /** The same cluster, whose changes are not told. */
  private final Reconciler deaf = reconciler(new Silent(), azure, workers);

  @Test
  void itBeginsWithAPass() {
    bind("web", "n1");

    reconciler.start();
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void workOnATargetIsReportedWhenItEndsWellOrNotAndALookIsNone() {
    bind("web", "n1");
    deaf.start();
    workers.runAll();
    assertThat(telemetry.targetsWorked()).isEqualTo(1);
    deaf.nudge();
    workers.runAll();
    assertThat(telemetry.targetsWorked()).isEqualTo(1);

    log.failAt(log.calls().size(), new IllegalStateException("broken"));
    bind("job", "n2");
    deaf.nudge();
    workers.runAll();
    assertThat(telemetry.targetsWorked()).isEqualTo(2);
  }

  @Test
  void aChangeMakesAPass() {
    reconciler.start();
    workers.runAll();

    bind("web", "n1");
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void aPassIsMadeAtEachInterval() {
    deaf.start();
    workers.runAll();
    for (int i = 0; i < 3; i++) {
      bind("web-" + i, "n1");
      timer.advance(HOUR.minusMillis(1));
      assertThat(workers.queued()).isZero();

      timer.advance(Duration.ofMillis(1));
      workers.runAll();

      assertAssigned("web-" + i);
    }
    assertThat(timer.pending()).isEqualTo(1);
  }

  @Test
  void changesThatComeTogetherAreOnePass() {
    deaf.start();
    workers.runAll();
    int before = cluster.snapshots();

    deaf.nudge();
    deaf.nudge();
    deaf.nudge();

    assertThat(workers.queued()).isEqualTo(1);
    workers.runAll();
    assertThat(cluster.snapshots()).isEqualTo(before + 1);
  }

  @Test
  void aChangeDuringAPassIsNotLost() {
    Silent view = new Silent();
    Reconciler late = reconciler(view, azure, workers);
    view.afterSnapshot =
        () -> {
          view.afterSnapshot = () -> {};
          bind("late", "n1");
          late.nudge();
        };

    late.start();
    workers.runAll();

    assertAssigned("late");
  }

  @Test
  void aChangeForABusyTargetIsLookedAtWhenThatIsDone() {
    bind("first", "n1");
    deaf.start();
    workers.runNext();
    bind("second", "n1");
    deaf.nudge();
    workers.runNewest();
    assertThat(log.calls()).isEmpty();

    workers.runAll();

    assertAssigned("first");
    assertAssigned("second");
  }

  @Test
  void whatWasDoneSinceThePictureWasTakenIsNotDoneAgain() {
    bind("web", "n1");
    Silent view = new Silent();
    Reconciler over = reconciler(view, azure, workers);
    over.start();
    workers.runNext();
    view.afterSnapshot =
        () -> {
          view.afterSnapshot = () -> {};
          workers.runNext();
        };
    over.nudge();
    workers.runNewest();

    workers.runAll();

    assertThat(log.calls())
        .containsExactly(
            "create default/web-default-web",
            "attach n1 web",
            "state default/web-default-web Assigned");
  }

  /** Two targets whose work never shows must not keep each other going. */
  @Test
  void workThatDoesNotShowIsNotRepeatedForEver() {
    cluster.holdDeleted();
    for (String node : new String[] {"n1", "n2"}) {
      cluster.put(node(node));
      cluster.put(
          record(pod("default/gone-" + node).node(node).build(), identity("default/x"))
              .terminating()
              .build());
    }
    deaf.start();
    workers.runNext();
    deaf.nudge();
    workers.runNewest();

    int steps = 0;
    while (workers.queued() > 0 && steps++ < 100) {
      int before = workers.queued();
      workers.runNext();
      if (workers.queued() == before) {
        workers.runNewest();
      }
    }

    assertThat(steps).isLessThan(10);
  }

  @Test
  void aTargetThatFailsRestsTwiceAsLongEachTime() {
    bind("web", "n1");
    azure.fail(unavailable);
    deaf.start();
    workers.runAll();

    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 120, 120}) {
      azure.reads().clear();
      timer.advance(Duration.ofSeconds(seconds).minusMillis(1));
      workers.runAll();
      assertThat(azure.reads()).isEmpty();

      timer.advance(Duration.ofMillis(1));
      workers.runAll();
      assertThat(azure.reads()).containsExactly(machine("n1"));
    }
  }

  @Test
  void aChangeDoesNotEndARest() {
    bind("web", "n1");
    azure.fail(unavailable);
    deaf.start();
    workers.runAll();
    azure.reads().clear();

    deaf.nudge();
    workers.runAll();

    assertThat(azure.reads()).isEmpty();
  }

  @Test
  void whatWasRefusedKeepsNoOtherWorkWaiting() {
    bind("bad", "n1");
    azure.reject(identityId("bad"));
    deaf.start();
    workers.runAll();
    bind("web", "n1");
    log.calls().clear();

    deaf.nudge();
    workers.runAll();

    assertAssigned("web");
    assertThat(log.calls()).contains("attach n1 web").noneMatch(call -> call.contains("bad"));
  }

  @Test
  void whatWasRefusedIsTriedAgainByItselfEachTimeLater() {
    bind("bad", "n1");
    azure.reject(identityId("bad"));
    deaf.start();
    workers.runAll();

    for (int seconds : new int[] {10, 20, 40, 80, 160, 320, 600, 600}) {
      log.calls().clear();
      timer.advance(Duration.ofSeconds(seconds).minusMillis(1));
      deaf.nudge();
      workers.runAll();
      assertThat(log.calls()).isEmpty();

      timer.advance(Duration.ofMillis(1));
      workers.runAll();
      assertThat(log.calls()).containsExactly("attach n1 bad");
    }
    azure.accept(identityId("bad"));
    timer.advance(Duration.ofMinutes(10));
    workers.runAll();
    assertAssigned("bad");
  }

  @Test
  void otherWorkEndsTheRestOfWhatCouldNotBeDetachedAfterTheShortestRest() {
    lockedRemovalThatFailedTwice();
    bind("web", "n1");
    deaf.nudge();
    workers.runAll();
    assertThat(cluster.records()).doesNotContainKey(name("default/web-default-web"));

    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void theSameWorkDoesNotEndARest() {
    lockedRemovalThatFailedTwice();
    timer.advance(SECOND);
    workers.runAll();
    log.calls().clear();

    deaf.nudge();
    workers.runAll();

    assertThat(log.calls()).isEmpty();
  }

  /** The second failure in a row: two seconds of rest. */
  private void lockedRemovalThatFailedTwice() {
    cluster.put(node("n1"));
    cluster.put(record(pod("default/gone").node("n1").build(), identity("default/x")).build());
    azure.put(machine("n1"), identityId("x"));
    azure.checkDetach(
        (target, ids) -> {
          if (!ids.isEmpty()) {
            throw new PodIdentityException(ErrorReason.TARGET_REJECTED, "locked");
          }
        });
    deaf.start();
    workers.runAll();
    timer.advance(SECOND);
    workers.runAll();
  }

  @Test
  void aTargetThatAsksForALongerRestGetsIt() {
    bind("web", "n1");
    azure.fail(
        new PodIdentityException(
            ErrorReason.TARGET_UNAVAILABLE, "429", Duration.ofSeconds(30), null));
    deaf.start();
    workers.runAll();
    azure.fail(null);

    timer.advance(Duration.ofSeconds(30).minusMillis(1));
    workers.runAll();
    assertThat(state("web")).isEqualTo(AssignmentState.CREATED);
    timer.advance(Duration.ofMillis(1));
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void afterASuccessARestIsShortAgain() {
    bind("web", "n1");
    azure.fail(unavailable);
    deaf.start();
    workers.runAll();
    timer.advance(SECOND);
    workers.runAll();
    azure.fail(null);
    timer.advance(SECOND.multipliedBy(2));
    workers.runAll();
    assertAssigned("web");

    assertRestsOneSecondWhenItFailsAgain();
  }

  @Test
  void afterThereWasNothingToDoARestIsShortAgain() {
    bind("web", "n1");
    azure.fail(unavailable);
    deaf.start();
    workers.runAll();
    timer.advance(SECOND);
    workers.runAll();
    cluster.removePod("default/web");
    cluster.records().values().forEach(cluster::delete);
    timer.advance(SECOND.multipliedBy(2));
    workers.runAll();

    assertRestsOneSecondWhenItFailsAgain();
  }

  private void assertRestsOneSecondWhenItFailsAgain() {
    azure.fail(unavailable);
    bind("next", "n1");
    deaf.nudge();
    workers.runAll();
    azure.fail(null);
    timer.advance(SECOND);
    workers.runAll();
    assertAssigned("next");
  }

  @Test
  void aTargetThatFailsDelaysNoOther() {
    bind("web", "n1");
    bind("other", "n2");
    Reconciler half =
        reconciler(
            cluster,
            azure.with(
                (target, call) -> {
                  if (target.id().name().equals("n1")) {
                    throw unavailable;
                  }
                  call.run();
                }),
            workers);

    half.start();
    workers.runAll();

    assertAssigned("other");
    bind("another", "n2");
    workers.runAll();
    assertAssigned("another");
  }

  @Test
  void anErrorInATargetsWorkIsTriedAgain() {
    bind("web", "n1");
    log.failAt(0, new IllegalStateException("broken"));
    deaf.start();
    workers.runAll();
    assertThat(telemetry.reports()).hasSize(1).first().asString().startsWith("pass failed");

    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void anErrorOfTheMachineIsNotHiddenAndTriedAgain() {
    bind("web", "n1");
    boolean[] broken = {true};
    Reconciler over =
        reconciler(
            new Silent(),
            azure.with(
                (target, call) -> {
                  if (broken[0]) {
                    throw new StackOverflowError();
                  }
                  call.run();
                }),
            workers);
    over.start();
    assertThatThrownBy(workers::runAll).isInstanceOf(StackOverflowError.class);

    broken[0] = false;
    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void aPassThatFindsNoThreadIsMadeLater() {
    bind("web", "n1");
    workers.reject(1);

    deaf.start();
    assertThat(telemetry.reports()).containsExactly("pass failed: full");
    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void aTargetThatFindsNoThreadIsWorkedOnLaterAndDelaysNoOther() {
    bind("web", "n1");
    bind("web2", "n2");
    deaf.start();
    workers.reject(1);
    workers.runAll();
    assertThat(cluster.records()).hasSize(1);
    assertThat(telemetry.reports()).contains("pass failed: full");

    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
    assertAssigned("web2");
  }

  @Test
  void aMachineWithoutThreadsForAWhileStopsNothingForEver() {
    bind("web", "n1");
    int[] failures = {1};
    Reconciler over =
        reconciler(
            new Silent(),
            azure,
            task -> {
              if (failures[0]-- > 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              workers.execute(task);
            });
    assertThatThrownBy(over::nudge).isInstanceOf(OutOfMemoryError.class);
    over.nudge();
    failures[0] = 1;
    assertThatThrownBy(workers::runAll).isInstanceOf(OutOfMemoryError.class);

    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void aPassThatFailsIsMadeAgainByItself() {
    bind("web", "n1");
    cluster.failView(new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "not complete yet"));
    deaf.start();
    workers.runAll();
    deaf.nudge();
    deaf.nudge();
    workers.runAll();
    assertThat(telemetry.reports())
        .containsExactly("pass failed: not complete yet", "pass failed: not complete yet");
    // The next interval, and one retry.
    assertThat(timer.pending()).isEqualTo(2);

    cluster.failView(null);
    timer.advance(SECOND);
    assertThat(workers.queued()).as("the second rest is longer").isZero();
    timer.advance(SECOND);
    workers.runAll();

    assertAssigned("web");
    assertThat(timer.pending()).isEqualTo(1);
  }

  @Test
  void anErrorOfTheMachineInAPassDoesNotEndAllPasses() {
    Silent view = new Silent();
    Reconciler over = reconciler(view, azure, workers);
    view.afterSnapshot =
        () -> {
          throw new StackOverflowError();
        };
    over.start();
    assertThatThrownBy(workers::runAll).isInstanceOf(StackOverflowError.class);

    view.afterSnapshot = () -> {};
    bind("web", "n1");
    over.nudge();
    workers.runAll();

    assertAssigned("web");
  }

  @Test
  void aProblemIsToldWhenItAppearsOrChanges() {
    cluster.put(unusable("default/bad"));
    reconciler.start();
    workers.runAll();
    cluster.put(node("n3"));
    workers.runAll();
    assertThat(telemetry.reports())
        .containsExactly("ignored AzureIdentity default/bad: Invalid resource id: nonsense");

    cluster.removeIdentity("default/bad");
    workers.runAll();
    cluster.put(unusable("default/bad"));
    workers.runAll();
    assertThat(telemetry.reports()).hasSize(2);
  }

  @Test
  void afterItIsClosedNothingIsBegunAndNothingLeft() {
    bind("web", "n1");
    azure.fail(unavailable);
    reconciler.start();
    workers.runAll();
    int calls = log.calls().size();

    reconciler.close();

    assertThat(timer.pending()).isZero();
    assertThat(cluster.listeners()).isZero();
    azure.fail(null);
    reconciler.nudge();
    workers.runAll();
    timer.advance(HOUR);
    workers.runAll();
    assertThat(log.calls()).hasSize(calls);
    reconciler.close();
  }

  @Test
  void workThatHasBegunGoesOnToItsEnd() {
    bind("web", "n1");
    bind("web2", "n2");
    deaf.start();
    workers.runNext();

    deaf.close();
    workers.runAll();

    assertAssigned("web");
    assertAssigned("web2");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void workThatFailsAfterTheCloseIsNotTriedAgain() {
    bind("web", "n1");
    azure.fail(unavailable);
    deaf.start();
    workers.runNext();

    deaf.close();
    workers.runAll();

    assertThat(timer.pending()).isZero();
  }

  @Test
  void itCannotBeStartedAfterItsEnd() {
    reconciler.close();

    reconciler.start();

    assertThat(cluster.listeners()).isZero();
    assertThat(timer.pending()).isZero();
    assertThat(workers.queued()).isZero();
  }

  @Test
  void anIntervalIsPositive() {
    assertThatThrownBy(() -> reconciler(cluster, azure, workers, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("interval must be positive");
  }

  /** A pod and an identity of one name, bound to each other. */
  private void bind(String name, String node) {
    cluster.put(node(node));
    cluster.put(identity("default/" + name));
    cluster.put(binding("default/" + name, name, name));
    cluster.put(pod("default/" + name).bindingLabel(name).node(node).build());
  }

  private void assertAssigned(String name) {
    assertThat(state(name)).isEqualTo(AssignmentState.ASSIGNED);
  }

  private AssignmentState state(String name) {
    AssignedIdentity record =
        cluster.records().get(name("default/%s-default-%s".formatted(name, name)));
    assertThat(record).as(name).isNotNull();
    return record.state();
  }

  private Reconciler reconciler(ClusterView view, ComputeIdentities compute, Executor workers) {
    return reconciler(view, compute, workers, HOUR);
  }

  private Reconciler reconciler(
      ClusterView view, ComputeIdentities compute, Executor workers, Duration interval) {
    return new Reconciler(
        view,
        new AssignmentPlanner(new PlannerOptions(false, Set.of())),
        new TargetApplier(
            cluster,
            compute,
            telemetry,
            Runnable::run,
            Scene.EXACT.withBatchSize(4),
            timer.clock()),
        telemetry,
        workers,
        timer,
        new ReconcilePace(interval, Duration.ZERO, Duration.ZERO, RETRIES));
  }

  private final class Silent implements ClusterView {
    Runnable afterSnapshot = () -> {};

    @Override
    public ClusterSnapshot snapshot() {
      ClusterSnapshot snapshot = cluster.snapshot();
      afterSnapshot.run();
      return snapshot;
    }

    @Override
    public Subscription onChange(Runnable nudge) {
      return () -> {};
    }
  }
}
