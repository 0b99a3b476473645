package io.podidentity.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AwaitTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  @Test
  void valueComesAfterRefusals() {
    AtomicInteger calls = new AtomicInteger();
    String value =
        Await.value(
            "the third call",
            LONG,
            () -> {
              if (calls.incrementAndGet() < 3) {
                throw new HarnessException("not yet");
              }
              return "here";
            });
    assertThat(value).isEqualTo("here");
    assertThat(calls).hasValue(3);
  }

  @Test
  void failureNamesWhatWasAwaitedAndTheLastRefusal() {
    assertThatThrownBy(
            () ->
                Await.value(
                    "a miracle",
                    Duration.ofMillis(1),
                    () -> {
                      throw new HarnessException("no miracles today");
                    }))
        .isInstanceOf(HarnessException.class)
        .hasMessage("not within 1 ms: a miracle; last: no miracles today");
  }

  @Test
  void conditionIsLookedAtEvenWithoutTime() {
    Await.until("what is so already", Duration.ZERO, () -> true);
  }

  @Test
  void assertedLetsTheLastAssertionThrough() {
    AtomicInteger calls = new AtomicInteger();
    assertThatThrownBy(
            () ->
                Await.asserted(
                    Duration.ofMillis(50),
                    () -> assertThat(calls.incrementAndGet()).as("calls").isNegative()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("calls");
    assertThat(calls).hasValueGreaterThan(1);
  }
}
