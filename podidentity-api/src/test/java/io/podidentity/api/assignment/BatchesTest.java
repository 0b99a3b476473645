package io.podidentity.api.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Integer> done = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void allAreDoneAFewAtATime() {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);

    new Batches(threads, 3)
        .forEach(
            List.of(1, 2, 3, 4, 5, 6, 7),
            item -> {
              most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              three.countDown();
              await(three);
              done.add(item);
              atOnce.decrementAndGet();
            });

    assertThat(done).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7);
    assertThat(most).hasValue(3);
  }

  @Test
  void nothingIsDoneToNone() {
    new Batches(threads, 3).forEach(List.<Integer>of(), done::add);

    assertThat(done).isEmpty();
  }

  @Test
  void anErrorLetsItsBatchEndAndStopsThere() {
    assertThatThrownBy(
            () ->
                new Batches(threads, 2)
                    .forEach(
                        List.of(1, 2, 3),
                        item -> {
                          if (item == 1) {
                            throw new IllegalStateException("broken");
                          }
                          done.add(item);
                        }))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);

    assertThat(done).containsExactly(2);
  }

  /** Two runs over one target must not overlap: it must not end while any of it still goes on. */
  @Test
  void whatHasBegunIsWaitedForEvenIfTheNextFindsNoThread() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger taken = new AtomicInteger();
    Batches batches =
        new Batches(
            task -> {
              if (taken.incrementAndGet() > 1) {
                throw new RejectedExecutionException("full");
              }
              threads.execute(task);
            },
            2);

    CompletableFuture<Void> run =
        CompletableFuture.runAsync(
            () ->
                batches.forEach(
                    List.of(1, 2),
                    item -> {
                      await(release);
                      done.add(item);
                    }),
            threads);
    while (taken.get() < 2) {
      Thread.onSpinWait();
    }
    assertThat(run).isNotDone();
    release.countDown();

    assertThatThrownBy(() -> run.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(done).containsExactly(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("not in time");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
