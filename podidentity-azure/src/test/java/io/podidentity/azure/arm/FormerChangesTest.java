package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.failure;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.testkit.azure.WriteBehaviour;
import io.podidentity.testkit.http.Fault;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a MIC that was killed has begun, and what its successor, which knows nothing of it, does.
 */
final class FormerChangesTest {
  private static final Duration UNDER_WAY = Duration.ofMinutes(2);

  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ComputeIdentities successor = cluster.adapter();

  @BeforeEach
  void killWhileItAttaches() {
    cluster.create("A");
    cluster.simulated().arm().writes(WriteBehaviour.asyncOperation(UNDER_WAY));
    cluster
        .simulated()
        .arm()
        .faults()
        .next(Fault.of(Fault.Kind.HANG_UP_AFTERWARDS).on("PATCH", "/vm-0"));
    failure(() -> cluster.adapter().update(MACHINE, ids("A"), Set.of()));
    assertThat(cluster.names(MACHINE)).isEmpty();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** Else its record went, and it came afterwards and stayed for ever. */
  @Test
  void identityThatIsOnItsWayDoesNotCountAsGone() {
    assertThat(failure(() -> successor.update(MACHINE, Set.of(), ids("A"))).reason())
        .isEqualTo(ErrorReason.TARGET_UNAVAILABLE);

    cluster.clock().advance(UNDER_WAY);
    cluster.simulated().arm().writes(WriteBehaviour.synchronous(Duration.ZERO));
    successor.update(MACHINE, Set.of(), ids("A"));
    assertThat(cluster.names(MACHINE)).isEmpty();
  }

  /** Azure itself says whether it can be made now. */
  @Test
  void changeThatHasToBeAskedForInAnyCaseIs() {
    cluster.create("B");

    assertThat(failure(() -> successor.update(MACHINE, ids("B"), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_UNAVAILABLE);

    assertThat(cluster.arm("PATCH")).hasSize(2);
  }
}
