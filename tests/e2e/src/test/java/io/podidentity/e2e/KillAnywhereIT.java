package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.e2e.Boundaries.Stop;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Pods come and go, and at some call of MIC its process is killed, or frozen until another leads.
 * In the end there is what there would have been. One part of the boundaries is tried in each run,
 * another one each day; {@code -Dpodidentity.kill=all} tries each, some side by side, since most of
 * the time goes by until a lease has ended.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KillAnywhereIT {
  private static final int SIDE_BY_SIDE = Boundaries.ALL ? 3 : 1;

  private static final BlockingQueue<KillPair> PAIRS = new LinkedBlockingQueue<>();
  private static final ExecutorService THREADS = Executors.newFixedThreadPool(SIDE_BY_SIDE);
  private static List<String> boundaries;

  /** Were they not the same each time, a day's part would leave some out for ever. */
  @BeforeAll
  static void undisturbed() {
    for (int pair = 0; pair < SIDE_BY_SIDE; pair++) {
      PAIRS.add(new KillPair());
    }
    List<List<String>> seen = new ArrayList<>();
    for (int pair = 0; pair < SIDE_BY_SIDE; pair++) {
      with(one -> seen.add(one.undisturbed())).join();
    }
    boundaries = seen.get(0);
    assertThat(seen).allMatch(boundaries::equals);
  }

  @AfterAll
  static void end() {
    THREADS.shutdownNow();
    PAIRS.forEach(KillPair::close);
  }

  @TestFactory
  Stream<DynamicTest> nextLeaderConvergesAfterAKill() {
    return tests("killed ", Boundaries.today(boundaries, 0), true);
  }

  @TestFactory
  Stream<DynamicTest> pausedLeaderThatWakesUpAfterAnotherLedWritesNothing() {
    return tests("paused ", Boundaries.today(boundaries, Boundaries.PART / 2), false);
  }

  @Test
  void boundariesAreTheSameInEachRun() {
    with(pair -> assertThat(pair.undisturbed()).isEqualTo(boundaries)).join();
  }

  /**
   * The guard has let it through; what the next leader did meanwhile, Azure alone knows. The
   * request names the ETag that was read before.
   */
  @Test
  void attachThatArrivesAfterTheNextLeaderHasDetachedIsRefused() {
    with(KillPair::attachIsLate).join();
  }

  private static Stream<DynamicTest> tests(String what, Stream<Stop> stops, boolean kill) {
    List<DynamicTest> tests = new ArrayList<>();
    stops.forEach(
        stop -> {
          CompletableFuture<Void> done = with(pair -> pair.disturbed(stop, kill));
          tests.add(DynamicTest.dynamicTest(what + stop, done::join));
        });
    return tests.stream();
  }

  /** Begins it as soon as a pair is free. */
  private static CompletableFuture<Void> with(Consumer<KillPair> action) {
    return CompletableFuture.runAsync(
        () -> {
          KillPair pair = PAIRS.remove();
          try {
            action.accept(pair);
          } finally {
            PAIRS.add(pair);
          }
        },
        THREADS);
  }
}
