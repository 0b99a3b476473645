package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.machine;
import static io.podidentity.api.fixture.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.fixture.RecordingTelemetry;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A machine that has no thread for a pass at one moment, which the JVM tells by an error. */
class WithoutThreadsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration ROUND = Duration.ofMinutes(3);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final CallLog log = new CallLog();
  private final ManualTimer timer = new ManualTimer();
  private final InMemoryCluster cluster = new InMemoryCluster(log, timer.clock());
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final RecordingTelemetry telemetry = new RecordingTelemetry();
  private final QueuedExecutor workers = new QueuedExecutor();
  private int refused;

  @BeforeEach
  void createCluster() {
    cluster.put(node("n1"));
    cluster.put(identity("default/web"));
    cluster.put(binding("default/web", "web", "web"));
  }

  @Test
  void aPassThatFindsNoneIsMadeLaterThoughNothingElseHappens() {
    start(Duration.ZERO);
    refused = 1;
    bindUnheard();

    timer.advance(SECOND);
    workers.runAll();

    assertThat(azure.on(machine("n1"))).containsExactly(identityId("web"));
  }

  @Test
  void looksAreTakenAgainAfterOneForWhichThereWasNone() {
    start(ROUND);
    cluster.put(pod("default/web").bindingLabel("web").node("n1").build());
    workers.runAll();
    azure.remove(machine("n1"), identityId("web"));
    refused = 1;
    assertThatThrownBy(() -> timer.advance(ROUND)).isInstanceOf(OutOfMemoryError.class);

    // One round is up to a tenth longer.
    timer.advance(ROUND.multipliedBy(2));
    workers.runAll();

    assertThat(azure.on(machine("n1"))).containsExactly(identityId("web"));
  }

  @Test
  void passesAtTheIntervalGoOnAfterOneForWhichThereWasNone() {
    start(Duration.ZERO);
    refused = 1;
    assertThatThrownBy(() -> timer.advance(HOUR)).isInstanceOf(OutOfMemoryError.class);
    timer.advance(SECOND);
    workers.runAll();
    int passes = cluster.snapshots();

    timer.advance(HOUR);
    workers.runAll();

    assertThat(cluster.snapshots()).isGreaterThan(passes);
  }

  private void bindUnheard() {
    assertThatThrownBy(() -> cluster.put(pod("default/web").bindingLabel("web").node("n1").build()))
        .isInstanceOf(OutOfMemoryError.class);
  }

  private void start(Duration round) {
    new Reconciler(
            cluster,
            new AssignmentPlanner(new PlannerOptions(false, Set.of())),
            new TargetApplier(
                cluster, azure, telemetry, Runnable::run, ApplierOptions.DEFAULT, timer.clock()),
            telemetry,
            task -> {
              if (refused > 0) {
                refused--;
                throw new OutOfMemoryError("unable to create native thread");
              }
              workers.execute(task);
            },
            timer,
            new ReconcilePace(HOUR, Duration.ZERO, round, new RetryPolicy(SECOND, HOUR)))
        .start();
    workers.runAll();
  }
}
