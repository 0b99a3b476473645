package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A standby whose picture of the cluster is an old one, without a sign of it, and that leads then.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class StandbyPictureIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "pictured";
  private static final String[] FLAGS = {"-leader-election-duration=6s", "-detach-delay=0s"};

  @Test
  void podThatItHasNotHeardOfKeepsItsIdentity() {
    try (MicWorld world = new MicWorld();
        GatedMic leader = new GatedMic("leader", world, FLAGS).awaitStanding();
        GatedMic standby = new GatedMic("standby", world, FLAGS).awaitStanding()) {
      world.api().createNamespace(NAMESPACE);
      String machine = world.virtualMachine("vm");
      world.bind(NAMESPACE, "orders", "orders");
      world.run(NAMESPACE, "known", "vm", "later");
      world.run(NAMESPACE, "first", "vm", "orders");
      awaitStates(world, "Assigned");
      standby.holdPods();
      // Its record comes by another watch.
      world.run(NAMESPACE, "missed", "vm", "orders");
      awaitStates(world, "Assigned", "Assigned");
      Map<String, String> before = versions(world);

      leader.kill();
      Await.until("the standby leads", SOON, () -> "standby".equals(world.leader()));
      // Of the same machine, and told by watches that are alive: then it has planned as a leader.
      world.bind(NAMESPACE, "payments", "later");
      awaitStates(world, "Assigned", "Assigned", "Assigned");

      assertThat(versions(world)).containsAllEntriesOf(before);
      assertThat(world.identitiesOn(machine)).containsExactly("orders", "payments");
    }
  }

  private static void awaitStates(MicWorld world, String... states) {
    Await.until("records", SOON, () -> world.states().equals(List.of(states)));
  }

  /** The versions of all records, by their names. */
  private static Map<String, String> versions(MicWorld world) {
    Map<String, String> versions = new TreeMap<>();
    world
        .records()
        .forEach(
            record ->
                versions.put(
                    record.getMetadata().getName(), record.getMetadata().getResourceVersion()));
    return versions;
  }
}
