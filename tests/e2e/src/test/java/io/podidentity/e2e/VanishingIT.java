package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes away under MIC: all of it ends without anybody's help, and nothing is left over. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class VanishingIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "vanishing";
  private static final String SCALE_SET = AzureNames.scaleSet("pool");

  private static MicWorld world;
  private static GatedMic mic;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    world.api().createNamespace(NAMESPACE);
    mic = new GatedMic("mic", world, "-detach-delay=1s").awaitStanding();
  }

  @AfterAll
  static void end() {
    mic.close();
    world.close();
  }

  @Test
  void machineThatIsGoneWithItsNodeLeavesNoRecord() {
    String machine = world.virtualMachine("gone");
    world.bind(NAMESPACE, "gone", "gone");
    RunningPod pod = world.run(NAMESPACE, "gone", "gone", "gone");
    awaitStates("Assigned");

    world.azure().removeCompute(machine);
    deleteNode("gone");
    world.remove(pod);

    awaitStates();
  }

  @Test
  void machineThatIsGoneAndWhoseNodeStaysLeavesNoRecord() {
    String machine = world.virtualMachine("half-gone");
    world.bind(NAMESPACE, "half-gone", "half-gone");
    RunningPod pod = world.run(NAMESPACE, "half-gone", "half-gone", "half-gone");
    awaitStates("Assigned");

    world.azure().removeCompute(machine);
    world.remove(pod);

    awaitStates();
    deleteNode("half-gone");
  }

  /** The pod's object goes later than the node's: no kubelet says that it has ended. */
  @Test
  void nodeThatIsGoneGivesItsMachineBackAsItWas() {
    String machine = world.virtualMachine("left");
    world.bind(NAMESPACE, "left", "left");
    RunningPod pod = world.run(NAMESPACE, "left", "left", "left");
    awaitStates("Assigned");
    assertThat(world.identitiesOn(machine)).containsExactly("left");

    deleteNode("left");

    awaitStates();
    assertThat(world.identitiesOn(machine)).isEmpty();
    world.remove(pod);
    awaitStates();
  }

  @Test
  void instanceThatIsGoneLeavesTheScaleSetWhatOthersNeedAndTheLastOneNothing() {
    world.azure().createCompute(SCALE_SET);
    world.node("pool000000", SCALE_SET + "/virtualMachines/0");
    world.node("pool000001", SCALE_SET + "/virtualMachines/1");
    world.bind(NAMESPACE, "pool", "pool");
    RunningPod first = world.run(NAMESPACE, "first", "pool000000", "pool");
    RunningPod second = world.run(NAMESPACE, "second", "pool000001", "pool");
    awaitStates("Assigned", "Assigned");

    deleteNode("pool000000");
    world.remove(first);
    awaitStates("Assigned");
    assertThat(world.identitiesOn(SCALE_SET)).containsExactly("pool");

    deleteNode("pool000001");
    world.remove(second);
    awaitStates();
    assertThat(world.identitiesOn(SCALE_SET)).isEmpty();
  }

  /**
   * A namespace with its records in it, as the namespace controller deletes it: everything at once,
   * in no order, and nothing can be created there meanwhile. The API server here has no such
   * controller; the test plays it.
   */
  @Test
  void namespaceThatIsDeletedIsHeldUpByNothing() {
    String machine = world.virtualMachine("stays");
    world.api().createNamespace("doomed");
    world.bindNamespaced("doomed", "doomed", "doomed");
    RunningPod pod = world.run("doomed", "doomed", "stays", "doomed");
    awaitStates("Assigned");
    assertThat(world.records().get(0).getMetadata().getNamespace()).isEqualTo("doomed");

    world.api().kubectl("delete", "namespace", "doomed", "--wait=false");
    // The records first, which is the worst order: their pod still wants them.
    for (String kind :
        List.of("azureassignedidentities", "azureidentities", "azureidentitybindings")) {
      world.api().kubectl("delete", kind, "--all", "-n", "doomed", "--wait=false");
    }
    world.remove(pod);

    awaitStates();
    assertThat(world.identitiesOn(machine)).isEmpty();
  }

  private static void deleteNode(String name) {
    world.api().kubectl("delete", "node", name);
  }

  private static void awaitStates(String... states) {
    try {
      Await.until("records", SOON, () -> world.states().equals(List.of(states)));
    } catch (RuntimeException e) {
      throw new AssertionError(
          "records: " + world.records() + "\nlog:\n" + mic.process().tail(), e);
    }
  }
}
