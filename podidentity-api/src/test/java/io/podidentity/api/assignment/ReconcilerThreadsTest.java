package io.podidentity.api.assignment;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.node;
import static io.podidentity.api.fixture.Samples.unusable;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.RecordingTelemetry;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.spi.ComputeIdentities;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real threads. */
@Timeout(60)
class ReconcilerThreadsTest {
  private final InMemoryCluster cluster = new InMemoryCluster(new CallLog());
  private final InMemoryAzure azure = new InMemoryAzure(new CallLog());
  private final RecordingTelemetry telemetry = new RecordingTelemetry();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aTargetThatHangsDelaysNoOther() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(1);
    bind("stuck", "n1");
    try (Reconciler reconciler =
        reconciler(
            azure.with(
                (target, call) -> {
                  if (target.id().name().equals("n1")) {
                    hanging.countDown();
                    await(release);
                  }
                  call.run();
                }))) {
      reconciler.start();
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

      bind("free", "n2");
      await(() -> assigned() == 1);
      bind("more", "n2");
      await(() -> assigned() == 2);
      assertThat(telemetry.reports()).noneMatch(report -> report.contains("stuck"));

      release.countDown();
      await(() -> assigned() == 3);
    }
  }

  @Test
  void aPassIsMadeThoughTargetsHoldAllOfTheirThreads() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(2);
    ExecutorService two = Executors.newFixedThreadPool(2);
    bind("stuck", "n1");
    bind("stuck-too", "n2");
    try (Reconciler reconciler =
        reconciler(
            azure.with(
                (target, call) -> {
                  hanging.countDown();
                  await(release);
                  call.run();
                }),
            two)) {
      reconciler.start();
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

      cluster.put(unusable("default/odd"));
      cluster.put(binding("default/odd", "odd", "odd"));
      cluster.put(pod("default/odd").bindingLabel("odd").node("n1").build());

      await(() -> telemetry.reports().stream().anyMatch(report -> report.startsWith("ignored")));
    } finally {
      release.countDown();
      two.shutdown();
    }
  }

  @Test
  void underManyChangesNoTargetIsWorkedOnTwiceAtATimeAndAllIsDoneInTheEnd() {
    Set<String> busy = ConcurrentHashMap.newKeySet();
    AtomicInteger overlaps = new AtomicInteger();
    Random random = new Random(7);
    try (Reconciler reconciler =
        reconciler(
            azure.with(
                (target, call) -> {
                  if (!busy.add(target.id().name())) {
                    overlaps.incrementAndGet();
                  }
                  call.run();
                  busy.remove(target.id().name());
                }))) {
      reconciler.start();
      for (int i = 0; i < 200; i++) {
        bind("web-" + i, "n" + random.nextInt(5));
        if (random.nextInt(4) == 0) {
          cluster.removePod("default/web-" + random.nextInt(i + 1));
        }
      }

      await(
          () -> {
            var snapshot = cluster.snapshot();
            return snapshot.records().size() == snapshot.pods().size()
                && assigned() == snapshot.pods().size();
          });
    }
    assertThat(overlaps).hasValue(0);
    assertThat(telemetry.reports()).noneMatch(report -> report.startsWith("pass failed"));
  }

  private Reconciler reconciler(ComputeIdentities compute) {
    return reconciler(compute, threads);
  }

  private Reconciler reconciler(ComputeIdentities compute, ExecutorService workers) {
    return new Reconciler(
        cluster,
        new AssignmentPlanner(new PlannerOptions(false, Set.of())),
        new TargetApplier(
            cluster,
            compute,
            telemetry,
            threads,
            ApplierOptions.DEFAULT.withBatchSize(4),
            Clock.systemUTC()),
        telemetry,
        threads,
        workers,
        new ManualTimer(),
        new ReconcilePace(Duration.ofHours(1), Duration.ZERO, Duration.ZERO, RetryPolicy.DEFAULT));
  }

  private void bind(String name, String node) {
    cluster.put(node(node));
    cluster.put(identity("default/" + name));
    cluster.put(binding("default/" + name, name, name));
    cluster.put(pod("default/" + name).bindingLabel(name).node(node).build());
  }

  private long assigned() {
    return cluster.records().values().stream()
        .filter(record -> record.state() == AssignmentState.ASSIGNED)
        .count();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
