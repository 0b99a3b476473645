package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.azure.ArmLimits;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What fails again for the same reason is told in the same words: events count those. */
final class RepeatedTextsTest {
  private final ReconciledCluster cluster = new ReconciledCluster();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void anIdentityWithAnotherClientId() {
    cluster.podWithClientId("web", MACHINE, "11111111-2222-4333-8444-555555555555");
    cluster.start();

    cluster.advance(Duration.ofMinutes(30));

    assertToldOften(1);
  }

  @Test
  void aSubscriptionThatIsThrottled() {
    ArmLimits known = ArmLimits.DOCUMENTED;
    cluster
        .azure()
        .simulated()
        .arm()
        .limits(
            new ArmLimits(
                known.resourceWrites(),
                known.resourceReads(),
                known.computeWrites(),
                known.computeReads(),
                known.principalWrites(),
                new ArmLimits.Bucket(1, 0.005)));
    cluster.pod("web", MACHINE);
    cluster.pod("api", SCALE_SET);
    cluster.start();

    cluster.advance(Duration.ofMinutes(30));

    // Each may be told by Azure, and be kept back.
    assertToldOften(3);
  }

  @Test
  void aRefusalWithAnIdOfItsOwn() {
    for (int i = 0; i < 9; i++) {
      cluster
          .azure()
          .simulated()
          .arm()
          .faults()
          .next(
              Fault.reply(
                      Reply.json(
                          403,
                          Map.of(
                              "error",
                              Map.of(
                                  "code",
                                  "AuthorizationFailed",
                                  "message",
                                  "no. Correlation ID: 1111111%s-2222-4333-8444-555555555555"
                                      .formatted(i)))))
                  .on("GET", "/vm-0"));
    }
    cluster.pod("web", MACHINE);
    cluster.start();

    cluster.advance(Duration.ofMinutes(2));

    assertToldOften(1);
  }

  private void assertToldOften(int texts) {
    assertThat(cluster.failures().size()).isGreaterThan(3);
    assertThat(Set.copyOf(cluster.failures())).hasSizeLessThanOrEqualTo(texts);
  }
}
