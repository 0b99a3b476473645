package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An election that ends because the machine can do no more: nobody else would notice. */
final class LeaderElectionEndTest {
  private final KubernetesClient client =
      KubernetesClients.create(Config.empty(), "test", Duration.ofSeconds(1));
  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private final BreakingClock clock = new BreakingClock();

  @AfterEach
  void end() {
    client.close();
  }

  @Test
  void whoCannotStandAnyLongerIsTold() throws Exception {
    stand(LeaderElectionEndTest::onThread);

    lost.get(30, TimeUnit.SECONDS);
  }

  @Test
  void whoCannotStandAnyLongerIsToldThoughThereIsNoThreadLeft() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    stand(
        task -> {
          if (!first.getAndSet(false)) {
            throw outOfThreads();
          }
          onThread(task);
        });

    lost.get(30, TimeUnit.SECONDS);
  }

  @Test
  void whoHasStoppedStandingIsNotTold() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    LeaderElection election =
        election(
            task ->
                onThread(
                    () -> {
                      try {
                        task.run();
                      } finally {
                        ended.complete(null);
                      }
                    }));
    election.close();

    election.start();
    ended.get(30, TimeUnit.SECONDS);

    assertThat(lost).isNotDone();
  }

  private void stand(Executor executor) {
    election(executor).start();
  }

  private LeaderElection election(Executor executor) {
    LeaderElection election =
        new LeaderElection(
            client,
            new LeaderElection.Settings("default", "name", "me", Duration.ofSeconds(15), true),
            clock,
            System::nanoTime,
            executor,
            () -> {},
            () -> lost.complete(null));
    clock.isBroken = true;
    return election;
  }

  private static void onThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.setUncaughtExceptionHandler((which, error) -> {});
    thread.start();
  }

  private static Error outOfThreads() {
    return new InternalError("unable to create native thread");
  }

  /** What any step may come to when memory or threads are short. */
  private static final class BreakingClock extends Clock {
    volatile boolean isBroken;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      if (isBroken) {
        throw outOfThreads();
      }
      return Instant.EPOCH;
    }
  }
}
