package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From v1's MIC to this one, and back. v1 is played by {@link V1Mic}. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class V1UpgradeIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  private static MicWorld world;
  private static V1Mic v1;
  private static int number;

  /** Each test has its own namespace, and its own machine of that name. */
  private String own;

  private String machine;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    v1 = new V1Mic(world.api());
  }

  @AfterAll
  static void end() {
    world.close();
  }

  @BeforeEach
  void createOwn() {
    own = "upgrade-" + ++number;
    world.api().createNamespace(own);
    machine = world.virtualMachine(own);
  }

  @Test
  void whatV1AssignedIsKeptUntouchedAndTakenOffWhenItsPodGoes() {
    world.azure().attach(machine, world.bind(own, "kept", "kept"));
    RunningPod pod = world.run(own, "web", own, "kept");
    v1.create(own, "web", own, "kept", "Assigned");
    JsonNode before = v1.record(V1Mic.name(own, "web", "kept"));
    // Its being assigned shows that MIC has come through.
    world.bind(own, "later", "later");
    world.run(own, "api", own, "later");

    try (GatedMic mic = mic()) {
      awaitStates(mic, "Assigned", "Assigned");
      assertThat(v1.record(V1Mic.name(own, "web", "kept"))).isEqualTo(before);
      assertThat(world.patches(machine)).as("of the later one").isEqualTo(1);
      assertThat(world.identitiesOn(machine)).containsExactly("kept", "later");

      world.remove(pod);
      awaitStates(mic, "Assigned");
      assertThat(world.identitiesOn(machine)).containsExactly("later");
    }
  }

  /** An upgrade stops v1 between two of its writes. */
  @Test
  void whatV1LeftHalfDoneIsFinished() {
    world.azure().attach(machine, world.bind(own, "leaving", "leaving"));
    world.azure().attach(machine, world.bind(own, "deleted", "deleted"));
    world.bind(own, "coming", "coming");
    world.azure().attach(machine, world.bind(own, "old", "old"));
    world.run(own, "coming", own, "coming");
    world.run(own, "old", own, "old");
    v1.create(own, "coming", own, "coming", "Created");
    // Very old ones have no state; v1 takes them for assigned.
    v1.create(own, "old", own, "old", "");
    v1.create(own, "gone", own, "leaving", "Unassigned");
    v1.create(own, "gone", own, "deleted", "Unassigned");
    world
        .api()
        .kubectl(
            "delete", "azureassignedidentity", V1Mic.name(own, "gone", "deleted"), "--wait=false");

    try (GatedMic mic = mic()) {
      awaitStates(mic, "", "Assigned");

      assertThat(world.identitiesOn(machine)).containsExactly("coming", "old");
    }
  }

  @Test
  void whatThisMicWroteIsLeftAsItIsByAV1ThatComesBackAndRemovedByItLikeItsOwn() {
    world.bind(own, "ours", "ours");
    RunningPod pod = world.run(own, "web", own, "ours");
    try (GatedMic mic = mic()) {
      awaitStates(mic, "Assigned");
      mic.process().signal(Signal.TERM);
      assertThat(mic.process().awaitExit(SOON)).isZero();
    }

    JsonNode record = v1.record(V1Mic.name(own, "web", "ours"));
    assertThat(record.at("/metadata/labels/nodename").asString()).isEqualTo(own);
    assertThat(record.at("/metadata/finalizers")).hasToString("[\"" + V1Mic.FINALIZER + "\"]");
    assertThat(v1.findsNothingToWrite(own, "web", own, "ours", "ours-binding")).isTrue();
    assertThat(
            world
                .admin()
                .configMaps()
                .inNamespace("default")
                .withName("aad-pod-identity-config")
                .require()
                .getData())
        .as("v1 rewrites nothing")
        .containsKey("type-upgrade-status");

    world.remove(pod);
    v1.remove(V1Mic.name(own, "web", "ours"));
    assertThat(states()).isEmpty();
  }

  /** Forth, back and forth again: what v1 attached meanwhile is MIC's too. */
  @Test
  void nothingIsLostOverAnUpgradeARollBackAndAnotherUpgrade() {
    world.bind(own, "first", "first");
    RunningPod first = world.run(own, "first", own, "first");
    try (GatedMic mic = mic()) {
      awaitStates(mic, "Assigned");
      mic.process().signal(Signal.TERM);
      mic.process().awaitExit(SOON);
    }
    // v1 leads, and a pod comes; it writes ours over, as it does after any edit of an identity.
    world.azure().attach(machine, world.bind(own, "second", "second"));
    RunningPod second = world.run(own, "second", own, "second");
    v1.create(own, "second", own, "second", "Created");
    v1.setState(V1Mic.name(own, "second", "second"), "Assigned");
    v1.rewrite(V1Mic.name(own, "first", "first"));
    long patches = world.patches(machine);

    try (GatedMic mic = mic()) {
      world.remove(second);
      awaitStates(mic, "Assigned");
      assertThat(world.identitiesOn(machine)).containsExactly("first");
      world.remove(first);
      awaitStates(mic);
      assertThat(world.identitiesOn(machine)).isEmpty();
      assertThat(world.patches(machine) - patches).as("one for each that goes").isEqualTo(2);
    }
  }

  /** Of this test's pods. */
  private List<String> states() {
    return world.records().stream()
        .filter(record -> own.equals(record.get("spec", "podNamespace")))
        .map(record -> String.valueOf(record.<Object>get("status", "status")))
        .sorted()
        .toList();
  }

  private GatedMic mic() {
    return new GatedMic("mic", world, "-detach-delay=1s", "-leader-election-duration=6s")
        .awaitStanding();
  }

  private void awaitStates(GatedMic mic, String... states) {
    try {
      Await.until("records", SOON, () -> states().equals(List.of(states)));
    } catch (RuntimeException e) {
      throw new AssertionError(
          "records: " + world.records() + "\nlog:\n" + mic.process().tail(), e);
    }
  }
}
