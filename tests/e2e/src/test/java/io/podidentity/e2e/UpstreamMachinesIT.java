package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Scenarios of v1.8.17's {@code test/e2e/node_test.go} and {@code multiple_identities_test.go} for
 * which MIC needs flags of its own.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class UpstreamMachinesIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "machines";
  private static final String SCALE_SET = AzureNames.scaleSet("pool");
  private static final String NODE = "pool000000";

  private static MicWorld world;
  private static GatedMic mic;
  private static UserAssignedIdentity immutable;
  private static UserAssignedIdentity clusters;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    world.api().createNamespace(NAMESPACE);
    world.azure().createCompute(SCALE_SET);
    world.node(NODE, SCALE_SET + "/virtualMachines/0");
    immutable = world.bind(NAMESPACE, "immutable", "immutable");
    clusters = world.bind(NAMESPACE, "agentpool", "agentpool");
    world.writeUserAssignedIdentity(clusters.clientId());
    mic =
        new GatedMic(
                "mic",
                world,
                "-detach-delay=0s",
                "-identity-assignment-reconcile-interval=1s",
                // In another letter case than the AzureIdentity has it.
                "-immutable-user-msis=" + immutable.clientId().toUpperCase(Locale.ROOT))
            .awaitStanding();
  }

  @AfterAll
  static void end() {
    mic.close();
    world.close();
  }

  @Test
  void fortyPodsAreAssignedWithinTheTimeOfUpstreamsTest() {
    world.bind(NAMESPACE, "forty", "forty");
    StringBuilder pods = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      pods.append(pending("pod-" + i));
    }
    world.api().apply(pods.toString());
    Await.until(
        "40 assigned",
        Duration.ofSeconds(150),
        () -> world.states().stream().filter("Assigned"::equals).count() == 40);

    world.api().kubectl("delete", "pods", "--all", "-n", NAMESPACE, "--grace-period=0", "--force");
    awaitNoRecord();
    assertThat(world.identitiesOn(SCALE_SET)).doesNotContain("forty");
  }

  @Test
  void immutableIdentityStays() {
    comesAndGoes("immutable");

    assertThat(world.identitiesOn(SCALE_SET)).contains("immutable");
  }

  @Test
  void identityOfTheClusterStays() {
    comesAndGoes("agentpool");

    assertThat(world.identitiesOn(SCALE_SET)).contains("agentpool");
  }

  @Test
  void identityThatSomebodyTookOffIsPutBack() {
    world.bind(NAMESPACE, "taken", "taken");
    RunningPod pod = world.run(NAMESPACE, "taken", NODE, "taken");
    awaitAssigned();

    world.azure().detach(SCALE_SET, AzureNames.identity("taken"));

    Await.until("it is back", SOON, () -> world.identitiesOn(SCALE_SET).contains("taken"));
    assertThat(world.states()).containsExactly("Assigned");
    world.remove(pod);
    awaitNoRecord();
  }

  private static String pending(String name) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: %s, labels: {aadpodidbinding: forty}}
    spec: {nodeName: %s, containers: [{name: main, image: main}]}
    ---
    """
        .formatted(name, NAMESPACE, NODE);
  }

  private static void comesAndGoes(String identity) {
    RunningPod pod = world.run(NAMESPACE, identity, NODE, identity);
    awaitAssigned();
    assertThat(world.identitiesOn(SCALE_SET)).contains(identity);
    world.remove(pod);
    awaitNoRecord();
  }

  private static void awaitAssigned() {
    Await.until("assigned", SOON, () -> world.states().equals(List.of("Assigned")));
  }

  private static void awaitNoRecord() {
    Await.until("no record", SOON, () -> world.states().isEmpty());
  }
}
