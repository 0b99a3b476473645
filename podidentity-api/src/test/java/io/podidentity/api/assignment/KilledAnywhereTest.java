package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryAzure;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.fixture.SlowAzure;
import io.podidentity.api.fixture.Turns;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three pods of one identity, and one of another, come to a machine and go again, and MIC is killed
 * at each of its calls in turn: between two records of one identity, between these and the change
 * of Azure, and while Azure is at work. A seed says in which order its threads run, how long Azure
 * takes, and what fails there.
 */
class KilledAnywhereTest {
  private static final ComputeTarget MACHINE = Samples.machine("n0");
  private static final List<ResourceId> OWN =
      List.of(Samples.identityId("own"), Samples.identityId("second"));
  private static final ResourceId BEFORE = Samples.identityId("before");

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("podidentity.worlds", 6));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nextProcessEndsWhereAnUndisturbedOneDoes(long seed) {
    Life undisturbed = new Life(seed, Integer.MAX_VALUE);
    undisturbed.live();
    int boundaries = undisturbed.log.boundaries();
    assertThat(boundaries).isGreaterThan(30);

    for (int boundary = 0; boundary < boundaries; boundary++) {
      Life life = new Life(seed, boundary);
      life.live();

      assertThat(life.restarts).as("killed").isEqualTo(1);
      assertThat(life.withPods)
          .as("seed %s, boundary %s:%n%s", seed, boundary, String.join("\n", life.log.calls()))
          .isEqualTo(undisturbed.withPods);
    }
  }

  private static final class Life {
    final CallLog log = new CallLog();
    final int killedAt;
    final Map<String, String> withPods = new TreeMap<>();
    int restarts;

    private final Random random;
    private final ManualTimer timer = new ManualTimer();
    private final InMemoryCluster cluster = new InMemoryCluster(log, timer.clock());
    private final InMemoryAzure azure = new InMemoryAzure(log);
    private final SlowAzure slow;
    private final AssignmentPlanner planner =
        new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, Duration.ZERO));
    private RandomMic mic;

    Life(long seed, int killedAt) {
      this.killedAt = killedAt;
      random = new Random(seed);
      slow = new SlowAzure(azure, timer, random, call -> log.calls().add("# " + call));
      cluster.put(Samples.node("n0"));
      azure.put(MACHINE, BEFORE);
      for (String identity : List.of("own", "second", "before")) {
        cluster.put(Samples.identity("default/" + identity));
      }
      bind("own", "first");
      bind("own", "other");
      bind("second", "first");
      bind("before", "first");
      log.killAt(killedAt);
      mic = start();
    }

    private void bind(String identity, String selector) {
      cluster.put(Samples.binding("default/" + identity + "-" + selector, identity, selector));
    }

    void live() {
      for (String pod : List.of("one", "two", "three")) {
        cluster.put(
            PodBuilder.pod("default/" + pod)
                .uid("uid-of-" + pod)
                .bindingLabel(pod.equals("one") ? "first" : "other")
                .node("n0")
                .build());
      }
      work();
      cluster
          .records()
          .forEach(
              (name, record) ->
                  withPods.put(name.name(), record.state() + " " + record.provenance().addedIds()));
      assertThat(withPods)
          .hasSize(5)
          .allSatisfy((name, said) -> assertThat(said).startsWith("ASSIGNED"));
      assertThat(azure.on(MACHINE)).containsAll(OWN).contains(BEFORE).hasSize(3);
      for (String pod : List.of("one", "two", "three")) {
        cluster.removePod("default/" + pod);
      }
      work();
      assertThat(cluster.records()).isEmpty();
      assertThat(azure.on(MACHINE)).containsExactly(BEFORE);
    }

    /** Until there has been nothing to do for longer than a change may be under way. */
    private void work() {
      int steps = 0;
      for (int quiet = 0; quiet < 50; quiet = isDone() ? quiet + 1 : 0) {
        assertThat(steps++).as("steps to the end").isLessThan(2_000);
        Turns threads = mic.turns();
        while (threads.ready() > 0) {
          threads.run(random.nextInt(threads.ready()));
          if (log.boundaries() > killedAt && restarts == 0) {
            restarts++;
            mic.kill();
            log.restart();
            mic = start();
            threads = mic.turns();
          }
        }
        timer.advance(Duration.ofSeconds(5));
      }
    }

    private boolean isDone() {
      return !slow.isBusy(MACHINE) && planner.plan(cluster.snapshot()).targets().isEmpty();
    }

    private RandomMic start() {
      return new RandomMic(cluster, slow, planner, timer, timer.clock(), () -> 0.5);
    }
  }
}
