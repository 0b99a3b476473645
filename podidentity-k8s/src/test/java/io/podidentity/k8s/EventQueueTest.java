package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.podidentity.k8s.EventQueue.Waiting;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A burst of 5,000 pods, while no event can be written. */
final class EventQueueTest {
  private static final int PODS = 5_000;

  private final EventQueue queue = new EventQueue();

  @Test
  void noWarningIsLostThoughAllThatWentWellCameBefore() {
    add("Normal", PODS);

    assertThat(add("Warning", PODS)).isEqualTo(PODS);

    for (int i = 0; i < PODS; i++) {
      assertThat(next()).isEqualTo("Warning " + i);
    }
    for (int i = 0; i < EventQueue.MOST_OTHERS; i++) {
      assertThat(next()).isEqualTo("Normal " + i);
    }
    assertThat(queue.next()).isNull();
  }

  @Test
  void norWhenAllAreTriedAgainBeforeOneIsWritten() {
    assertThat(add("Warning", PODS) + add("Warning", PODS)).isEqualTo(2 * PODS);
    assertThat(add("Normal", 1)).isEqualTo(1);
  }

  @Test
  void whatIsLostIsCountedUntilTheQueueIsShortAgain() {
    int stored = add("Normal", PODS);
    assertThat(queue.lost()).isEqualTo(PODS - stored);
    assertThat(queue.isLong()).isTrue();

    while (queue.isLong()) {
      assertThat(queue.next()).isNotNull();
    }

    assertThat(queue.lost()).isZero();
    assertThat(add("Normal", 1)).isEqualTo(1);
  }

  private int add(String type, int count) {
    return (int)
        IntStream.range(0, count)
            .filter(
                i ->
                    queue.add(
                        new Waiting(
                            new EventLog.Entry(
                                new ObjectReference(), type, "burst", type + " " + i),
                            Instant.EPOCH,
                            0)))
            .count();
  }

  private String next() {
    Waiting next = queue.next();
    assertThat(next).isNotNull();
    return next.entry().message();
  }
}
