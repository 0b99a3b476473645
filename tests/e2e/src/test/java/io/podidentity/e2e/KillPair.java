package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.e2e.Boundaries.Stop;
import io.podidentity.e2e.KillWorld.Writes;
import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Two MICs in a {@link KillWorld}, one of which leads, and what is done to that one while pods come
 * and go.
 */
final class KillPair implements AutoCloseable {
  private static final Duration CONVERGED = Duration.ofMinutes(3);
  private static final int ATTEMPTS = 3;

  private final KillWorld world = new KillWorld();
  private GatedMic leader;
  private GatedMic standby;
  private int number;
  private String withPods = "";
  private String withoutPods = "";

  /** Starts both. */
  KillPair() {
    leader = startMic();
    standby = startMic();
  }

  @Override
  public void close() {
    leader.close();
    standby.close();
    world.close();
  }

  /** All boundaries that there are; what there is with and without pods is known then. */
  List<String> undisturbed() {
    sortOut();
    Gate gate = leader.gate();
    gate.begin("");
    world.write(Writes.SOON);
    world.run(++number);
    await("all assigned", () -> world.assigned() == KillWorld.RECORDS);
    withPods = world.state();
    world.removePods();
    await("no record", () -> !world.state().contains("record:"));
    withoutPods = world.state();
    // Each record is told of when it is there and when it is gone, some time later.
    await("the last event", () -> gate.count("after POST events") == 2 * KillWorld.RECORDS);
    assertThat(withPods).contains("machine: UserAssigned before,own,second");
    assertThat(withoutPods).isEqualTo("\nmachine: UserAssigned before");
    return Boundaries.of(gate.passed());
  }

  /**
   * The leader is frozen as its first attach goes out, which arrives only when another has done it
   * all, and undone it.
   */
  void attachIsLate() {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attachWasLate()) {
        return;
      }
    }
    throw new HarnessException("never reached: the first attach");
  }

  private boolean attachWasLate() {
    sortOut();
    Gate gate = leader.gate();
    gate.begin("before PATCH virtualMachines #1");
    world.write(Writes.AT_ONCE);
    world.run(++number);
    await(withPods, () -> gate.isReached() || world.state().equals(withPods));
    boolean reached = gate.isReached();
    if (reached) {
      leader.process().signal(Signal.STOP);
    }
    await(withPods, () -> world.state().equals(withPods));
    world.removePods();
    await(withoutPods, () -> world.state().equals(withoutPods));
    if (reached) {
      await("another leads", () -> !leader.name().equals(world.leader()));
      long patches = world.patches();
      gate.open();
      leader.process().signal(Signal.CONT);
      await("an answer", () -> gate.passed().contains("after PATCH virtualMachines #1"));
      assertThat(world.patches()).as("it has arrived").isEqualTo(patches + 1);
      assertThat(leader.process().awaitExit(CONVERGED)).as("lost the lease").isEqualTo(1);
      assertThat(world.state()).isEqualTo(withoutPods);
    }
    return reached;
  }

  /**
   * Pods come and go, and the leader is stopped on the way. On a busy machine the lease may pass on
   * before the boundary is reached: then once more.
   *
   * @param kill whether it is killed; else it is frozen until another leads
   */
  void disturbed(Stop stop, boolean kill) {
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (reached(stop, kill)) {
          return;
        }
      }
    } catch (AssertionError | HarnessException e) {
      // Those that this pair tries after it would find its pods.
      world.removePods();
      // Reports number such tests, and do not name them.
      throw new AssertionError("stopped at " + stop + ": " + e.getMessage(), e);
    }
    throw new HarnessException("never reached: " + stop);
  }

  private boolean reached(Stop stop, boolean kill) {
    sortOut();
    leader.gate().begin(stop.boundary());
    world.write(stop.whenPodsCome());
    world.run(++number);
    boolean disturbed = phase(withPods, stop.boundary(), kill, false);
    world.write(stop.whenPodsGo());
    world.removePods();
    return phase(withoutPods, stop.boundary(), kill, disturbed);
  }

  /** Waits for the state, and deals with the leader if it stops at its gate on the way there. */
  private boolean phase(String expected, String stop, boolean kill, boolean before) {
    Gate gate = leader.gate();
    await(expected, () -> (!before && gate.isReached()) || isOver(expected));
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
      List<String> versions = world.versions();
      gate.open();
      leader.process().signal(Signal.CONT);
      assertThat(leader.process().awaitExit(CONVERGED)).as("lost the lease").isEqualTo(1);
      onlyWhatWasOnItsWay(stop, gate.passed().subList(passed, gate.passed().size()));
      assertThat(world.versions()).as("they change nothing").isEqualTo(versions);
      assertThat(world.state()).isEqualTo(expected);
      assertThat(world.leader()).isNotEqualTo(leader.name());
    }
    return before || now;
  }

  /**
   * What is made beside the call that it stopped at may have been frozen between its check and its
   * way out: some of the same kind, and of other work, which goes on at the same time, one call.
   * Nothing follows.
   */
  private static void onlyWhatWasOnItsWay(String stop, List<String> passed) {
    Map<Boundaries.Work, List<String>> writes =
        passed.stream()
            .filter(one -> one.startsWith("before") && !Boundaries.isLook(one))
            .collect(Collectors.groupingBy(Boundaries::work));
    writes.remove(Boundaries.Work.TELLING);
    writes.forEach(
        (work, calls) -> {
          if (work == Boundaries.work(stop)) {
            assertThat(calls)
                .as("writes after the wake-up")
                .allMatch(one -> Boundaries.call(one).equals(Boundaries.call(stop)));
          } else {
            assertThat(calls).as("writes beside, after the wake-up").hasSizeLessThan(2);
          }
        });
  }

  /** The last events are told after all is done. */
  private boolean isOver(String expected) {
    boolean told =
        !expected.equals(withoutPods)
            || leader.gate().count("after POST events") >= 2 * KillWorld.RECORDS
            || !isLeader(leader);
    return told && world.state().equals(expected);
  }

  /** Two that run, and which of them leads. */
  private void sortOut() {
    if (!standby.process().isAlive()) {
      standby.close();
      standby = startMic();
    }
    if (!leader.process().isAlive()) {
      leader.close();
      leader = startMic();
    }
    await("a leader", () -> isLeader(leader) || isLeader(standby));
    if (isLeader(standby)) {
      GatedMic other = leader;
      leader = standby;
      standby = other;
    }
    standby.gate().begin("");
  }

  private boolean isLeader(GatedMic mic) {
    return mic.process().isAlive() && mic.name().equals(world.leader());
  }

  private GatedMic startMic() {
    GatedMic mic =
        new GatedMic(
            "mic-" + ++number,
            world.mic(),
            "-leader-election-duration=" + KillWorld.LEASE.toSeconds() + "s",
            // What comes together is dealt with together.
            "-coalescing-window=1s",
            "-detach-delay=0s");
    try {
      return mic.awaitStanding();
    } catch (HarnessException e) {
      // Else one that nobody knows of would lead some day.
      mic.close();
      throw e;
    }
  }

  private void await(String what, BooleanSupplier condition) {
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
