package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Go's documentation of time.ParseDuration says: https://pkg.go.dev/time#ParseDuration. */
class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "3600s, PT1H",
    "3m, PT3M",
    "1h2m3.5s, PT1H2M3.5S",
    "500ms, PT0.5S",
    "1.5h, PT1H30M",
    ".5s, PT0.5S",
    "5.s, PT5S",
    "0, PT0S",
    "+0, PT0S",
    "-1m30s, PT-1M-30S",
    "1µs, PT0.000001S",
    "1us, PT0.000001S",
    "7ns, PT0.000000007S",
    "0.9ns, PT0S",
    "1m1h, PT1H1M",
  })
  void readsWhatGoReads(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "3", "s", "-", "1 h", "1d", "1h ", " 1h", "1hm", "--1s", "1e3s", "PT1H", ".s"})
  void refusesWhatGoRefusesAndSaysWhatIsExpected(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse(text))
        .withMessageContaining("\"" + text + "\" is not a duration such as 30s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9999999999h", "99999999999999999999999s"})
  void refusesWhatGoCannotHold(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> GoDuration.parse(text));
  }
}
