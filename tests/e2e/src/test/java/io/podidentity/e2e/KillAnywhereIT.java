package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A pod comes and goes, and at some write of MIC its process is killed, or frozen until another
 * leads. In the end there is what there would have been. One part of the boundaries is tried in
 * each run, another one each day; {@code -Dpodidentity.kill=all} tries each.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KillAnywhereIT {
  private static final Duration CONVERGED = Duration.ofMinutes(3);
  private static final int ATTEMPTS = 3;

  /** So many boundaries there are for one that is tried. */
  private static final int PART = 10;

  private static KillWorld world;
  private static GatedMic leader;
  private static GatedMic standby;
  private static int number;
  private static List<String> boundaries;
  private static String withPod;
  private static String withoutPod;

  @BeforeAll
  static void undisturbed() {
    world = new KillWorld();
    leader = start();
    standby = start();
    List<String> seen = new ArrayList<>();
    leader.gate().begin("");
    RunningPod pod = world.run("undisturbed");
    await("all assigned", () -> world.state().split("state=Assigned", -1).length == 3);
    withPod = world.state();
    world.remove(pod);
    await("no record", () -> !world.state().contains("record:"));
    withoutPod = world.state();
    // What is renewed meanwhile comes and goes with time; once of each is enough.
    leader.gate().passed().stream()
        .filter(boundary -> !boundary.contains("endpoints") && !boundary.contains("leases"))
        .forEach(seen::add);
    for (String lock : List.of("endpoints", "leases")) {
      seen.add("before PUT " + lock + " #1");
      seen.add("after PUT " + lock + " #1");
    }
    boundaries = List.copyOf(seen);
    assertThat(withPod).contains("machine: UserAssigned before,own");
    assertThat(withoutPod).endsWith("machine: UserAssigned before");
  }

  @AfterAll
  static void end() {
    leader.close();
    standby.close();
    world.close();
  }

  @TestFactory
  Stream<DynamicTest> nextLeaderConvergesAfterAKill() {
    return part(0).map(at -> DynamicTest.dynamicTest("killed " + at, () -> disturbed(at, true)));
  }

  @TestFactory
  Stream<DynamicTest> pausedLeaderThatWakesUpAfterAnotherLedWritesNothing() {
    return part(PART / 2)
        .filter(at -> !at.contains("events"))
        .map(at -> DynamicTest.dynamicTest("paused " + at, () -> disturbed(at, false)));
  }

  /**
   * The guard has let it through; what the next leader did meanwhile, Azure alone knows. The
   * request names the ETag that was read before.
   */
  @Test
  void attachThatArrivesAfterTheNextLeaderHasDetachedIsRefused() {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attachIsLate()) {
        return;
      }
    }
    throw new HarnessException("never reached: the first attach");
  }

  private static boolean attachIsLate() {
    sortOut();
    Gate gate = leader.gate();
    gate.begin("before PATCH virtualMachines #1");
    RunningPod pod = world.run("pod-" + ++number);
    await(withPod, () -> gate.isReached() || world.state().equals(withPod));
    boolean reached = gate.isReached();
    if (reached) {
      leader.process().signal(Signal.STOP);
    }
    await(withPod, () -> world.state().equals(withPod));
    world.remove(pod);
    await(withoutPod, () -> world.state().equals(withoutPod));
    if (reached) {
      await("another leads", () -> !leader.name().equals(world.leader()));
      long patches = world.patches();
      gate.open();
      leader.process().signal(Signal.CONT);
      await("an answer", () -> gate.passed().contains("after PATCH virtualMachines #1"));
      assertThat(world.patches()).as("it has arrived").isEqualTo(patches + 1);
      assertThat(leader.process().awaitExit(CONVERGED)).as("lost the lease").isEqualTo(1);
      assertThat(world.state()).isEqualTo(withoutPod);
    }
    return reached;
  }

  private static Stream<String> part(int shift) {
    if (System.getProperty("podidentity.kill", "").equals("all")) {
      return boundaries.stream();
    }
    long today = LocalDate.now(ZoneOffset.UTC).toEpochDay() + shift;
    return IntStream.range(0, boundaries.size())
        .filter(index -> index % PART == today % PART)
        .mapToObj(boundaries::get);
  }

  /** On a busy machine the lease may pass on before the boundary is reached: then once more. */
  private static void disturbed(String boundary, boolean kill) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (reached(boundary, kill)) {
        return;
      }
    }
    throw new HarnessException("never reached: " + boundary);
  }

  private static boolean reached(String boundary, boolean kill) {
    sortOut();
    leader.gate().begin(boundary);
    boolean disturbed = false;
    RunningPod pod = world.run("pod-" + ++number);
    disturbed = phase(withPod, kill, disturbed);
    world.remove(pod);
    disturbed = phase(withoutPod, kill, disturbed);
    return disturbed;
  }

  /** Waits for the state, and deals with the leader if it stops at its gate on the way there. */
  private static boolean phase(String expected, boolean kill, boolean before) {
    Gate gate = leader.gate();
    await(expected, () -> (!before && gate.isReached()) || world.state().equals(expected));
    boolean now = !before && gate.isReached();
    if (now && kill) {
      leader.kill();
    } else if (now) {
      leader.process().signal(Signal.STOP);
    }
    await(expected, () -> world.state().equals(expected));
    if (now && !kill) {
      // The next leader has it all done. The lease may still be the old one's, if the write that
      // it stopped at was its last.
      await("another leads", () -> !leader.name().equals(world.leader()));
      int passed = gate.passed().size();
      gate.open();
      leader.process().signal(Signal.CONT);
      assertThat(leader.process().awaitExit(CONVERGED)).as("lost the lease").isEqualTo(1);
      assertThat(gate.passed().subList(passed, gate.passed().size()))
          .as("writes after the wake-up")
          .filteredOn(boundary -> boundary.startsWith("before") && !boundary.contains("events"))
          .isEmpty();
      assertThat(world.state()).isEqualTo(expected);
    }
    return before || now;
  }

  /** Two that run, and which of them leads. */
  private static void sortOut() {
    if (!standby.process().isAlive()) {
      standby.close();
      standby = start();
    }
    if (!leader.process().isAlive()) {
      leader.close();
      leader = start();
    }
    await("a leader", () -> isLeader(leader) || isLeader(standby));
    if (isLeader(standby)) {
      GatedMic other = leader;
      leader = standby;
      standby = other;
    }
    standby.gate().begin("");
  }

  private static boolean isLeader(GatedMic mic) {
    return mic.process().isAlive() && mic.name().equals(world.leader());
  }

  private static GatedMic start() {
    GatedMic mic =
        new GatedMic(
            "mic-" + ++number,
            world.mic(),
            "-leader-election-duration=" + KillWorld.LEASE.toSeconds() + "s",
            "-detach-delay=0s");
    try {
      return mic.awaitStanding();
    } catch (HarnessException e) {
      // Else one that nobody knows of would lead some day.
      mic.close();
      throw e;
    }
  }

  private static void await(String what, java.util.function.BooleanSupplier condition) {
    try {
      Await.until(what, CONVERGED, condition);
    } catch (HarnessException e) {
      throw new HarnessException(
          e.getMessage()
              + "\nthere is:\n"
              + world.state()
              + "\nleader's log:\n"
              + leader.process().tail()
              + "\nstandby's log:\n"
              + standby.process().tail(),
          e);
    }
  }
}
