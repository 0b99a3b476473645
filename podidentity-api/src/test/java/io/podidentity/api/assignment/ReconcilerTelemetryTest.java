package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.node;
import static io.podidentity.api.fixture.Samples.unusable;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.BrokenTelemetry;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AssignmentState;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener that fails keeps no pass and no target from being worked on. */
class ReconcilerTelemetryTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final BrokenTelemetry telemetry = new BrokenTelemetry();
  private final ManualTimer timer = new ManualTimer();
  private final CallLog log = new CallLog();
  private final InMemoryCluster cluster = new InMemoryCluster(log, timer.clock());
  private final InMemoryAzure azure = new InMemoryAzure(log);
  private final QueuedExecutor workers = new QueuedExecutor();
  private final Reconciler reconciler =
      new Reconciler(
          cluster,
          new AssignmentPlanner(new PlannerOptions(false, Set.of())),
          new TargetApplier(
              cluster, azure, telemetry.port(), Runnable::run, Scene.EXACT, timer.clock()),
          telemetry.port(),
          workers,
          timer,
          new ReconcilePace(
              Duration.ofHours(1),
              Duration.ZERO,
              Duration.ZERO,
              new RetryPolicy(SECOND, Duration.ofMinutes(2))));

  @AfterEach
  void end() {
    telemetry.close();
    reconciler.close();
  }

  @Test
  void whatFailedIsTriedAgain() {
    cluster.put(unusable("default/bad"));
    bind("web");
    cluster.failView(new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "for the test"));
    reconciler.start();
    workers.runAll();
    assertThat(telemetry.called()).containsExactly("passFailed");

    cluster.failView(null);
    azure.fail(new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "for the test"));
    timer.advance(SECOND);
    workers.runAll();
    assertThat(telemetry.called())
        .contains("objectIgnored", "assignmentFailed", "targetFailed", "targetWorked");

    azure.fail(null);
    timer.advance(SECOND);
    workers.runAll();
    assertThat(cluster.records().get(name("default/web-default-web")))
        .matches(record -> record.state() == AssignmentState.ASSIGNED);
    assertThat(telemetry.called()).contains("assigned");

    cluster.removePod("default/web");
    workers.runAll();
    assertThat(cluster.records()).isEmpty();
    assertThat(telemetry.called()).contains("unassigned");
  }

  private void bind(String name) {
    cluster.put(node("n1"));
    cluster.put(identity("default/" + name));
    cluster.put(binding("default/" + name, name, name));
    cluster.put(pod("default/" + name).bindingLabel(name).node("n1").build());
  }
}
