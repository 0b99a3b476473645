package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class StormGuardTest {
  private final StormGuard guard = new StormGuard();

  @Test
  void inTheNextWindowItSaysHowManyWereLeftOutAndWritesAgain() {
    int written = 0;
    for (int i = 0; i < 100; i++) {
      written += guard.judge(event(Level.WARN, "x", 1_000_000 + i)).write() ? 1 : 0;
    }
    assertThat(written).isEqualTo(StormGuard.MOST);

    StormGuard.Verdict next =
        guard.judge(event(Level.WARN, "x", 1_000_000 + StormGuard.WINDOW_MILLIS));

    assertThat(next).isEqualTo(new StormGuard.Verdict(true, 100 - StormGuard.MOST, false));
  }

  @Test
  void theLastOneBeforeTheCutIsKnownAsSuch() {
    for (int i = 1; i < StormGuard.MOST; i++) {
      assertThat(guard.judge(event(Level.ERROR, "x", 1_000_000)).last()).isFalse();
    }
    assertThat(guard.judge(event(Level.ERROR, "x", 1_000_000)).last()).isTrue();
  }

  @Test
  void wordingsAreCountedApart() {
    for (int i = 0; i < 100; i++) {
      assertThat(guard.judge(event(Level.WARN, "x " + i, 1_000_000)).write()).isTrue();
    }
  }

  // Access and audit lines are such.
  @Test
  void whatIsNoWarningIsAlwaysWritten() {
    for (int i = 0; i < 1000; i++) {
      assertThat(guard.judge(event(Level.INFO, "x", 1_000_000)).write()).isTrue();
    }
  }

  private static ILoggingEvent event(Level level, String message, long millis) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName("sample");
    event.setLevel(level);
    event.setMessage(message);
    event.setTimeStamp(millis);
    return event;
  }
}
