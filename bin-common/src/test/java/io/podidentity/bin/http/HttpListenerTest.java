package io.podidentity.bin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpListenerTest {
  @Test
  void limitOfManyWeeksIsNotTakenForAShortOne() {
    assertThat(HttpListener.millis(Duration.ofSeconds(10))).isEqualTo(10_000);
    assertThat(HttpListener.millis(Duration.ofDays(25))).isEqualTo(Integer.MAX_VALUE);
    assertThat(HttpListener.millis(Duration.ofMillis((1L << 32) + 100)))
        .isEqualTo(Integer.MAX_VALUE);
  }
}
