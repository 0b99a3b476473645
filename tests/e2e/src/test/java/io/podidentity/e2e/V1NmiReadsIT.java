package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.e2e.V1Nmi.Answer;
import io.podidentity.e2e.V1Nmi.Found;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.azure.WriteBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An upgrade that has come to MIC and not to the nodes yet: {@link V1Nmi} reads what MIC writes,
 * over a pod's life.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class V1NmiReadsIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "mixed";
  private static final String NODE = "vm";
  private static final Found WAITS_LONG = new Found(Answer.WAITS_LONG, "");
  private static final Found WAITS = new Found(Answer.WAITS, "");

  private static MicWorld world;
  private static GatedMic mic;
  private static V1Nmi nmi;
  private static String machine;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    world.api().createNamespace(NAMESPACE);
    machine = world.virtualMachine(NODE);
    world.virtualMachine("other");
    mic = new GatedMic("mic", world, "-detach-delay=10s").awaitStanding();
    nmi = new V1Nmi(world.admin(), NODE);
  }

  @AfterAll
  static void end() {
    mic.close();
    world.close();
  }

  @Test
  void podIsServedFromAssignedToUnassignedAndNeverElse() {
    UserAssignedIdentity orders = world.bind(NAMESPACE, "orders", "orders");
    Found served = served(orders);
    Gate gate = mic.gate();

    // Azure works on it.
    gate.begin("after PATCH virtualMachines #1");
    assertThat(find("web")).isEqualTo(WAITS);
    RunningPod pod = world.run(NAMESPACE, "web", NODE, "orders");
    await("attached", gate::isReached);
    assertThat(find("web")).isEqualTo(WAITS_LONG);
    gate.open();
    await("served", () -> find("web").equals(served));
    assertThat(new V1Nmi(world.admin(), "other").find(NAMESPACE, "web")).isEqualTo(WAITS);

    // The delay of the detachment.
    world.remove(pod);
    await("released", () -> find("web").equals(WAITS));
    assertThat(world.states()).containsExactly("Unassigned");

    // One of the same name comes back within it.
    long patches = world.patches(machine);
    pod = world.run(NAMESPACE, "web", NODE, "orders");
    await("revived", () -> find("web").equals(served));
    assertThat(world.patches(machine)).isEqualTo(patches);

    world.remove(pod);
    await("gone", () -> world.states().isEmpty());
    assertThat(find("web")).isEqualTo(WAITS);
  }

  /** Between the two identities there is no moment with none. */
  @Test
  void podIsServedAllThroughAnEditOfItsIdentity() {
    UserAssignedIdentity before = world.bind(NAMESPACE, "edited", "edited");
    UserAssignedIdentity after = world.azure().createIdentity(AzureNames.identity("after"));
    RunningPod pod = world.run(NAMESPACE, "api", NODE, "edited");
    await("served", () -> find("api").equals(served(before)));
    world.api().kubectl("label", "azureidentity", "edited", "-n", NAMESPACE, "team=shop");
    world.arm().writes(machine, WriteBehaviour.asyncOperation(Duration.ofSeconds(2)));
    List<Found> seen = new ArrayList<>();
    try {
      world
          .api()
          .apply(
              SceneYaml.identity(
                  NAMESPACE,
                  "edited",
                  "{}",
                  SceneYaml.spec(
                      new BoundIdentity(
                          "edited", AzureNames.identity("after"), after.clientId()))));
      await(
          "the other one",
          () -> {
            Found found = find("api");
            seen.add(found);
            return found.equals(served(after));
          });
    } finally {
      world.arm().writes(machine, WriteBehaviour.synchronous(Duration.ZERO));
    }

    assertThat(seen).containsOnly(served(before), served(after));
    assertThat(world.identitiesOn(machine)).contains("after");
    world.remove(pod);
    await("gone", () -> world.states().isEmpty());
  }

  @Test
  void namespacedIdentityIsReadAsOne() {
    UserAssignedIdentity own = world.bindNamespaced(NAMESPACE, "fenced", "fenced");
    RunningPod pod = world.run(NAMESPACE, "job", NODE, "fenced");

    await("served", () -> find("job").equals(served(own)));

    world.remove(pod);
    await("gone", () -> world.states().isEmpty());
  }

  private static Found find(String pod) {
    return nmi.find(NAMESPACE, pod);
  }

  private static Found served(UserAssignedIdentity identity) {
    return new Found(Answer.SERVED, identity.clientId());
  }

  private static void await(String what, BooleanSupplier condition) {
    Await.until(what, SOON, condition);
  }
}
