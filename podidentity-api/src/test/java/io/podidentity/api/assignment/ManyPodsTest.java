package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.spi.Telemetry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Thousands of pods on one scale set, of which nothing can be assigned now. What is measured is the
 * processor's time, which no other work on the machine adds to; comparing each with each took some
 * ten seconds of it.
 */
class ManyPodsTest {
  private static final int PODS = 4000;
  private static final Duration ENOUGH = Duration.ofSeconds(2);

  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final InMemoryCluster cluster = new InMemoryCluster(new CallLog(), clock);
  private final InMemoryAzure azure = new InMemoryAzure(new CallLog());
  private final TargetApplier applier =
      new TargetApplier(
          cluster,
          azure,
          Telemetry.NOOP,
          Runnable::run,
          new ApplierOptions(PODS, 200, RetryPolicy.DEFAULT),
          clock);

  @BeforeEach
  void createIdentity() {
    cluster.put(node("n1"));
    cluster.put(identity("default/x"));
    cluster.put(binding("default/x", "x", "x"));
  }

  @Test
  void theyCostLittleWhileAzureIsAway() {
    azure.fail(new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "no answer"));
    createPods();

    assertThat(timeOfARun()).as("new ones").isLessThan(ENOUGH);
    assertThat(cluster.records()).hasSize(PODS);
    assertThat(timeOfARun()).as("those that have records").isLessThan(ENOUGH);
  }

  @Test
  void theyCostLittleWhileTheirIdentityIsLeftAlone() {
    azure.reject(identityId("x"));
    cluster.put(PodBuilder.pod("default/first").bindingLabel("x").node("n1").build());
    timeOfARun();
    createPods();

    assertThat(timeOfARun()).as("new ones").isLessThan(ENOUGH);
    assertThat(cluster.records()).hasSize(PODS + 1);
    assertThat(timeOfARun()).as("those that have records").isLessThan(ENOUGH);
  }

  private void createPods() {
    for (int i = 0; i < PODS; i++) {
      cluster.put(PodBuilder.pod("default/web-" + i).bindingLabel("x").node("n1").build());
    }
  }

  private Duration timeOfARun() {
    AssignmentPlan plan =
        new AssignmentPlanner(new PlannerOptions(false, Set.of())).plan(cluster.snapshot());
    long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    applier.apply(plan.targets().get(0));
    long ended = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    return Duration.ofNanos(ended - begun);
  }
}
