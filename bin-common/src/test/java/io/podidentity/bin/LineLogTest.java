package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LineLogTest {
  private static final String NAME = "io.podidentity.nmi.requests";

  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger(NAME);
  private final LineLog log = new LineLog(logger);
  private final List<String> writes = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void linesEqualThoseOfEventsToTheByte(LogFormat format) {
    PlainLines plain = new LogLines(format).plain(NAME);
    LogLines lines = new LogLines(format);
    for (String message :
        List.of("a=b", "\"quoted\\\" ~?", "", "x".repeat(5000), "\"".repeat(600))) {
      for (String time :
          List.of(
              "2026-01-01T00:00:00Z",
              "2028-02-29T09:08:07.006005Z",
              "2028-02-29T09:08:07.150999Z",
              "2026-12-31T23:59:59.999999999Z")) {
        LoggingEvent event = new LoggingEvent("", logger, Level.INFO, message, null, null);
        event.setInstant(Instant.parse(time));

        int length = plain.make(Instant.parse(time), new AsciiLine().append(message));

        assertThat(new String(plain.bytes(), 0, length, StandardCharsets.UTF_8))
            .isEqualTo(new String(lines.encode(event), StandardCharsets.UTF_8));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLineLooksAsTheLoggersOwnAndFollowsWhatOthersLogged(LogFormat format) {
    configure(format);

    context.getLogger("Other").info(Logging.MORE_FOLLOW, "first");
    log.write(new AsciiLine().append("it is"), true);
    logger.info("it is");

    assertThat(writes).hasSize(1);
    List<String> lines = writes.get(0).lines().map(LineLogTest::withoutDigits).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("first");
    assertThat(lines.get(1)).isEqualTo(lines.get(2)).contains("it is");
  }

  @Test
  void lineWithNoneBehindItIsWrittenAtOnce() {
    configure(LogFormat.TEXT);

    log.write(new AsciiLine().append("first"), true);
    log.write(new AsciiLine().append("second"), true);
    assertThat(writes).isEmpty();
    log.write(new AsciiLine().append("third"), false);

    assertThat(writes).hasSize(1);
    assertThat(writes.get(0).lines()).hasSize(3).last().asString().endsWith(" - third");
  }

  @Test
  void loggerThatIsOffWritesNothingAndHoldsNothingBack() {
    configure(LogFormat.TEXT);
    log.write(new AsciiLine().append("first"), true);

    logger.setLevel(Level.WARN);
    log.write(new AsciiLine().append("second"), true);
    log.write(new AsciiLine().append("third"), false);

    assertThat(String.join("", writes)).hasLineCount(1).contains("first");
  }

  @Test
  void anotherAppenderGetsTheLinesToo() {
    configure(LogFormat.TEXT);
    log.write(new AsciiLine().append("first"), false);
    ListAppender<ILoggingEvent> other = new ListAppender<>();
    other.start();
    context.getLogger("io.podidentity").addAppender(other);

    log.write(new AsciiLine().append("second"), false);

    assertThat(other.list).map(ILoggingEvent::getFormattedMessage).containsExactly("second");
    assertThat(String.join("", writes)).hasLineCount(2).contains("first", "second");
  }

  @Test
  void loggerWithoutItsParentsAppendersWritesNothing() {
    configure(LogFormat.TEXT);
    logger.setAdditive(false);

    log.write(new AsciiLine().append("first"), false);

    assertThat(writes).isEmpty();
  }

  @Test
  void otherFormatCounts() {
    configure(LogFormat.TEXT);
    log.write(new AsciiLine().append("first"), false);
    configure(LogFormat.JSON);

    log.write(new AsciiLine().append("second"), false);

    assertThat(writes).hasSize(2).last().asString().startsWith("{\"ts\":");
  }

  private static String withoutDigits(String line) {
    return line.replaceAll("\\d", "");
  }

  private void configure(LogFormat format) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logging.configure(
        context,
        format,
        new OutputStream() {
          @Override
          public void write(int single) {
            throw new AssertionError("one byte at a time");
          }

          @Override
          public void write(byte[] bytes, int from, int count) {
            writes.add(new String(bytes, from, count, StandardCharsets.UTF_8));
          }
        });
  }
}
