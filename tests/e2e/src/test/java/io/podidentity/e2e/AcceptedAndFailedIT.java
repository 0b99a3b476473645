package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.azure.ArmError;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changes that Azure accepts, and that fail while it makes them. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class AcceptedAndFailedIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "accepted";
  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  private static MicWorld world;
  private static GatedMic mic;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    world.api().createNamespace(NAMESPACE);
    NAMES.forEach(name -> world.bind(NAMESPACE, name, "all"));
    mic = new GatedMic("mic", world, "-detach-delay=0s").awaitStanding();
  }

  @AfterAll
  static void end() {
    mic.close();
    world.close();
  }

  @Test
  void identityThatIsBlamedIsLeftOutAndTheOthersAreOnAtOnce() {
    String machine = slowMachine("blamed");
    world
        .arm()
        .failNextWrites(
            machine,
            1,
            ArmError.of(
                400,
                "FailedIdentityOperation",
                "Resource '" + AzureNames.identity("c") + "' was not found."));

    RunningPod pod = world.run(NAMESPACE, "blamed", "blamed", "all");

    await(
        "all but the blamed one", () -> world.identitiesOn(machine).equals(List.of("a", "b", "d")));
    assertThat(world.patches(machine)).isEqualTo(2);
    // It is tried again later, and nothing is wrong with it by then.
    await("all", () -> world.states().equals(Collections.nCopies(4, "Assigned")));
    assertThat(world.patches(machine)).isEqualTo(3);
    remove(pod);
  }

  @Test
  void withoutBlameTheGoodOnesAreFoundByHalves() {
    String machine = slowMachine("halved");
    world
        .arm()
        .failNextWrites(machine, 2, ArmError.of(400, "FailedIdentityOperation", "It failed."));

    RunningPod pod = world.run(NAMESPACE, "halved", "halved", "all");

    // All four, the first two, then each of these alone, and the last two.
    await("all", () -> world.states().equals(Collections.nCopies(4, "Assigned")));
    assertThat(world.identitiesOn(machine)).isEqualTo(NAMES);
    assertThat(world.patches(machine)).isEqualTo(5);
    remove(pod);
  }

  private static String slowMachine(String name) {
    String machine = world.virtualMachine(name);
    world.arm().writes(machine, WriteBehaviour.asyncOperation(Duration.ofMillis(300)));
    return machine;
  }

  private static void remove(RunningPod pod) {
    world.remove(pod);
    await("no record", () -> world.states().isEmpty());
  }

  private static void await(String what, BooleanSupplier condition) {
    Await.until(what, SOON, condition);
  }
}
