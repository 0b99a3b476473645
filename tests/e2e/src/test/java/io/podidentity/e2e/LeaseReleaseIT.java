package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A MIC that is told to end while it has much to write and the API server does not answer. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class LeaseReleaseIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void theLeaseIsFreeWithinTwoSecondsThoughWritesAreNotAnswered() {
    try (MicWorld world = new MicWorld();
        GatedMic mic = new GatedMic("mic-0", world)) {
      world.virtualMachine("n1");
      world.bind("default", "orders", "orders");
      mic.awaitStanding();
      Await.until("leading", LIMIT, () -> holder(world).equals("mic-0"));
      mic.gate().begin("before POST azureassignedidentities #1");
      for (int i = 0; i < 60; i++) {
        world.run("default", "orders-" + i, "n1", "orders");
      }
      Await.until("a write", LIMIT, mic.gate()::isReached);

      long told = System.nanoTime();
      mic.process().signal(Signal.TERM);
      Await.until("no leader", LIMIT, () -> holder(world).isEmpty());

      assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(2));
      int written = world.records().size();
      assertThat(mic.process().awaitExit(LIMIT)).isZero();
      assertThat(world.records()).as("written without the lease").hasSize(written);
    }
  }

  private static String holder(MicWorld world) {
    Lease lease =
        world.admin().leases().inNamespace("default").withName("aad-pod-identity-mic").get();
    return lease == null ? "" : Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
  }
}
