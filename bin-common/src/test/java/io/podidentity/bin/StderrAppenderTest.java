package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class StderrAppenderTest {
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("Sample");
  private final List<String> writes = new ArrayList<>();

  @BeforeEach
  void configure() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logging.configure(
        context,
        LogFormat.TEXT,
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

  @Test
  void aLineIsWrittenAtOnce() {
    logger.info("first");
    assertThat(writes).hasSize(1);

    logger.info("second");
    assertThat(writes).hasSize(2);
  }

  @Test
  void linesThatFollowEachOtherAreOneWriteInTheirOrder() {
    logger.info(Logging.MORE_FOLLOW, "first");
    logger.info(Logging.MORE_FOLLOW, "second");
    assertThat(writes).isEmpty();

    logger.info("third");

    assertThat(writes).hasSize(1);
    assertThat(writes.get(0).lines())
        .map(StderrAppenderTest::message)
        .containsExactly("first", "second", "third");
  }

  @Test
  void aLineOfAnotherLoggerKeepsItsPlaceAndIsNotDelayed() {
    logger.info(Logging.MORE_FOLLOW, "first");

    context.getLogger("Other").warn("a fault");

    assertThat(String.join("", writes).lines())
        .map(StderrAppenderTest::message)
        .containsExactly("first", "a fault");
  }

  // pipe(7): up to PIPE_BUF, 4096 bytes, a write is not mixed with another process's.
  @Test
  void noWriteIsLargerThanAPipeTakesAtOnceAndNoneEndsWithinALine() {
    for (int i = 0; i < 500; i++) {
      logger.info(Logging.MORE_FOLLOW, "line {} {}", i, "x".repeat(i));
    }
    logger.info("last");

    assertThat(writes).hasSizeGreaterThan(1).allMatch(write -> write.length() <= 4096);
    assertThat(writes).allMatch(write -> write.endsWith(System.lineSeparator()));
    assertThat(String.join("", writes).lines()).hasSize(501).last().asString().endsWith("- last");
  }

  @Test
  void aLineThatIsLongerIsWhole() {
    logger.info(Logging.MORE_FOLLOW, "first");
    logger.info("x".repeat(10_000));

    assertThat(String.join("", writes).lines())
        .map(StderrAppenderTest::message)
        .containsExactly("first", "x".repeat(10_000));
  }

  @Test
  void whatIsLeftOutOfAStormIsSaidInItsPlace() {
    for (int i = 0; i < 40; i++) {
      logger.warn(Logging.MORE_FOLLOW, "it failed");
    }
    logger.info("last");

    assertThat(String.join("", writes).lines().skip(29))
        .map(StderrAppenderTest::message)
        .containsExactly(
            "it failed", "further lines like the last one are left out for up to a minute", "last");
  }

  private static String message(String line) {
    return line.substring(line.indexOf(" - ") + 3);
  }
}
