package io.podidentity.azure.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("1994-11-06T08:49:37Z");

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "17, 17",
    "' 17 ', 17",
    // The date of RFC 9110, 5.6.7.
    "'Sun, 06 Nov 1994 08:50:37 GMT', 60",
    "'Sun, 06 Nov 1994 08:49:00 GMT', 0",
    "86401, 86400",
    "99999999999999999999999, 86400",
    "'Sat, 06 Nov 2094 08:49:37 GMT', 86400"
  })
  void readsSecondsAndDates(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5", "soon", "1994-11-06"})
  void whatIsNeitherSaysNothing(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isNull();
  }

  @Test
  void nothingSaysNothing() {
    assertThat(RetryAfter.parse(null, NOW)).isNull();
  }

  @Test
  void aDateSaysNothingWhereTheTimeIsNotKnown() {
    assertThat(RetryAfter.parse("Sun, 06 Nov 1994 08:50:37 GMT", null)).isNull();
    assertThat(RetryAfter.parse("60", null)).isEqualTo(Duration.ofMinutes(1));
  }
}
