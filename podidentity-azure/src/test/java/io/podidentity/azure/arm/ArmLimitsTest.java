package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.GROUP;
import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.SUBSCRIPTION;
import static io.podidentity.azure.arm.SimulatedCluster.failure;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.testkit.azure.ArmLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is throttled waits as long as it is told, and no more than what is throttled. */
class ArmLimitsTest {
  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ComputeIdentities adapter = cluster.adapter();

  ArmLimitsTest() {
    cluster.create("A");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void aThrottledMachineIsNothingToAnother() {
    cluster.simulated().arm().limits(ArmLimits.DOCUMENTED);
    PodIdentityException error = failure(() -> spend(MACHINE, 40));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error.retryAfter()).hasValue(Duration.ofSeconds(5));
    assertThat(adapter.read(SCALE_SET).clientIds()).isEmpty();
    cluster.clock().advance(Duration.ofSeconds(5));
    assertThat(adapter.read(MACHINE).clientIds()).isEmpty();
  }

  @Test
  void aThrottledSubscriptionIsToldOnceForAllItsMachines() {
    cluster.simulated().arm().limits(withReads(3));
    PodIdentityException told = failure(() -> spend(MACHINE, 4));
    int asked = cluster.arm("GET").size();

    PodIdentityException kept = failure(() -> adapter.read(SCALE_SET));

    assertThat(told.retryAfter()).hasValue(Duration.ofSeconds(10));
    assertThat(kept.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(kept.retryAfter()).hasValue(Duration.ofSeconds(10));
    assertThat(cluster.arm("GET")).hasSize(asked);
    cluster.clock().advance(Duration.ofSeconds(10));
    assertThat(adapter.read(SCALE_SET).clientIds()).isEmpty();
  }

  @Test
  void throttledReadsAreNothingToWrites() {
    cluster.simulated().arm().limits(ArmLimits.DOCUMENTED);
    cluster.create("B");

    for (int i = 0; i < 6; i++) {
      adapter.update(MACHINE, ids("A"), Set.of());
      adapter.update(MACHINE, Set.of(), ids("A"));
    }

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));
    assertThat(error.retryAfter()).hasValue(Duration.ofSeconds(15));
    assertThat(adapter.read(MACHINE).clientIds()).isEmpty();
  }

  @Test
  void anotherSubscriptionIsAnother() {
    ComputeTarget target =
        ComputeTarget.virtualMachine(SUBSCRIPTION.toUpperCase(Locale.ROOT), GROUP, "vm-0");
    cluster.simulated().arm().limits(withReads(1));
    adapter.read(MACHINE);
    failure(() -> adapter.read(MACHINE));
    int asked = cluster.arm("GET").size();

    // The same in another spelling is the same.
    failure(() -> adapter.read(target));

    assertThat(cluster.arm("GET")).hasSize(asked);
  }

  @Test
  void changesBeyondWhatASubscriptionTakesGoAsItRefills() {
    cluster.simulated().arm().limits(ofCallersAlone());
    Instant start = cluster.clock().instant();

    for (int i = 0; i < 125; i++) {
      adapter.update(MACHINE, ids("A"), Set.of());
      adapter.update(MACHINE, Set.of(), ids("A"));
    }

    assertThat(cluster.arm("PATCH")).hasSize(250);
    assertThat(cluster.simulated().arm().refusedByLimits()).isZero();
    // All but 180, at ten a second.
    assertThat(Duration.between(start, cluster.clock().instant()))
        .isBetween(Duration.ofMillis(6900), Duration.ofMillis(7100));
  }

  @Test
  void aClockThatIsSetBackKeepsNoSubscriptionClosed() {
    cluster.simulated().arm().limits(withReads(3));
    failure(() -> spend(MACHINE, 4));
    cluster.simulated().arm().limits(ArmLimits.DOCUMENTED);

    cluster.clock().set(cluster.clock().instant().minus(Duration.ofDays(1)));

    assertThat(adapter.read(SCALE_SET).clientIds()).isEmpty();
  }

  @Test
  void aTurnForAChangeThatIsNotNeededIsNotSpent() {
    for (int i = 0; i < 200; i++) {
      adapter.update(MACHINE, Set.of(), ids("A"));
    }

    assertThat(cluster.timer().waits()).isEmpty();
  }

  private void spend(ComputeTarget target, int reads) {
    for (int i = 0; i < reads; i++) {
      adapter.read(target);
    }
  }

  private static ArmLimits ofCallersAlone() {
    ArmLimits known = ArmLimits.DOCUMENTED;
    ArmLimits.Bucket ample = new ArmLimits.Bucket(1000, 1000);
    return new ArmLimits(
        ample, ample, ample, ample, known.principalWrites(), known.principalReads());
  }

  private static ArmLimits withReads(int reads) {
    ArmLimits known = ArmLimits.DOCUMENTED;
    return new ArmLimits(
        known.resourceWrites(),
        known.resourceReads(),
        known.computeWrites(),
        known.computeReads(),
        known.principalWrites(),
        new ArmLimits.Bucket(reads, 0.1));
  }
}
