package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.http.Hold;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A part of Azure that does not answer, with hundreds of machines in it. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class HangingMachinesIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "hanging";
  private static final int MACHINES = 300;

  @Test
  void machinesThatHangKeepNoOtherWaitingHoweverManyTheyAre() {
    try (MicWorld world = new MicWorld();
        Hold hold =
            world
                .arm()
                .faults()
                .hold(
                    Hold.Point.BEFORE_HANDLING,
                    request -> request.path().toLowerCase(Locale.ROOT).contains("/hanging-"));
        GatedMic mic = new GatedMic("mic", world).awaitStanding()) {
      world.api().createNamespace(NAMESPACE);
      world.bind(NAMESPACE, "shared", "shared");
      for (int i = 0; i < MACHINES; i++) {
        machineWithPod(world, "hanging-" + i);
      }
      hold.awaitArrivals(MACHINES, SOON);

      machineWithPod(world, "other");

      // None of the others has been answered.
      Await.asserted(SOON, () -> assertThat(world.states()).containsExactly("Assigned"));
      assertThat(world.identitiesOn(AzureNames.virtualMachine("other")))
          .isEqualTo(List.of("shared"));
      assertThat(mic.process().isAlive()).isTrue();
    }
  }

  /** By a client that stays: kubectl would take minutes. */
  private static void machineWithPod(MicWorld world, String name) {
    String machine = AzureNames.virtualMachine(name);
    world.azure().createCompute(machine);
    world
        .admin()
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withProviderID("azure://" + machine)
                .endSpec()
                .build())
        .create();
    world
        .admin()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .withLabels(Map.of("aadpodidbinding", "shared"))
                .endMetadata()
                .withNewSpec()
                .withNodeName(name)
                .addNewContainer()
                .withName("main")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }
}
