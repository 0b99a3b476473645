package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LoggerContext context = new LoggerContext();

  @Test
  void textIsOneLineWithTheArgumentsInPlace() {
    logger(LogFormat.TEXT).info("identity attached pod={} node={}", "default/web", "n1");

    assertThat(written())
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Sample - identity attached"
                + " pod=default/web node=n1\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-01T00:00:00.000Z",
        "2028-02-29T09:08:07.006Z",
        "2026-10-11T12:13:14.150Z",
        "2026-12-31T23:59:59.999Z"
      })
  void timeIsInUtcWithMilliseconds(String time) {
    LoggingEvent event =
        new LoggingEvent("", context.getLogger("Sample"), Level.INFO, "a message", null, null);
    event.setInstant(Instant.parse(time).plusNanos(999_999));

    assertThat(new String(new LogLines(LogFormat.TEXT).encode(event), StandardCharsets.UTF_8))
        .startsWith(time + " INFO  Sample - a message");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain ~ text", "what?", "é", "Ł", "中", "\uD83D\uDE00", "a\"b\\c", ""})
  void textIsAsItIs(String message) {
    logger(LogFormat.TEXT).info(message);

    assertThat(written()).endsWith(" INFO  Sample - " + message + System.lineSeparator());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DEBUG", "INFO", "WARN", "ERROR"})
  void levelsTakeOneWidth(String level) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("Sample"), Level.toLevel(level), "a message", null, null);

    assertThat(new String(new LogLines(LogFormat.TEXT).encode(event), StandardCharsets.UTF_8))
        .contains("Z " + (level + "  ").substring(0, 6) + "Sample - a message");
  }

  @Test
  void jsonIsOneObjectPerLineWithTheArgumentsInPlace() {
    logger(LogFormat.JSON).warn("identity attached pod={}", "\"web\"\n");

    assertThat(written())
        .hasLineCount(1)
        .startsWith("{")
        .endsWith("}" + System.lineSeparator())
        .matches(
            "\\{\"ts\":\\d{13}\\.\\d{3},\"level\":\"warn\",\"logger\":\"Sample\","
                + "\"msg\":\"identity attached pod=\\\\\"web\\\\\"\\\\n\",\"v\":0}\\R");
  }

  @Test
  void jsonIsSearchedLikeText() {
    logger(LogFormat.JSON).info("reg.path={} \u001b é", "/metadata/identity/oauth2/token");

    assertThat(written()).contains("reg.path=/metadata/identity/oauth2/token \\u001b é");
  }

  @Test
  void whatIsInAnArgumentCannotBeALineOfItsOwn() {
    String forged = "x\n2026-01-01T00:00:00.000Z INFO  requests - status (200)\u2028\u001b[2J";
    logger(LogFormat.TEXT).error("failed {}", forged, new IllegalStateException(forged));

    assertThat(written().lines().toList())
        .satisfies(lines -> assertThat(lines.get(0)).contains("failed x 2026-01-01"))
        .satisfies(lines -> assertThat(lines.subList(1, lines.size())).allMatch(this::isIndented));
    assertThat(written()).doesNotContain("\u001b", "\u2028");
  }

  private boolean isIndented(String line) {
    return line.startsWith("\t");
  }

  @Test
  void aStormOfOneWordingIsCutAndSaidAndOthersAreNotAffected() {
    Logger logger = logger(LogFormat.TEXT);
    for (int i = 0; i < 1000; i++) {
      logger.warn("it failed again number={}", i);
    }
    logger.warn("another fault");
    logger.info("a request");

    assertThat(written().lines().filter(line -> line.contains("it failed again"))).hasSize(30);
    assertThat(written())
        .containsOnlyOnce("further lines like the last one are left out")
        .contains("another fault", "a request");
  }

  @Test
  void exceptionIsWrittenOnceInEitherFormat() {
    logger(LogFormat.TEXT).error("failed", new IllegalStateException("reason one"));
    logger(LogFormat.JSON).error("failed", new IllegalStateException("reason two"));

    assertThat(written()).containsOnlyOnce("reason one").containsOnlyOnce("reason two");
  }

  @Test
  void debugIsSilent() {
    logger(LogFormat.TEXT).debug("noise");

    assertThat(written()).isEmpty();
  }

  // What they say on each retry, with stack traces, the adapters say once.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.fabric8.kubernetes.client.jdkhttp.JdkWebSocketImpl",
        "io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector",
        "io.fabric8.kubernetes.client.informers.impl.cache.Reflector",
        "com.microsoft.aad.msal4j.ConfidentialClientApplication",
      })
  void warningsOfLibrariesThatAreSaidElsewhereAreSilent(String name) {
    Logger quiet = logger(LogFormat.TEXT, name);

    quiet.warn("again");
    quiet.error("but this is new");

    assertThat(written()).hasLineCount(1).contains("but this is new");
  }

  @Test
  void theFirstLoggerNeedsNoConfigurationFile() {
    LoggerContext ofSlf4j = (LoggerContext) LoggerFactory.getILoggerFactory();

    assertThat(ofSlf4j.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr")).isNotNull();
  }

  @Test
  void aChangeOfFormatLeavesTheStreamOpenAndOneAppender() {
    logger(LogFormat.TEXT).info("first");
    logger(LogFormat.JSON).info("second");

    assertThat(written()).hasLineCount(2).containsOnlyOnce("first").containsOnlyOnce("second");
  }

  // Caffeine is one of those.
  @Test
  void librariesThatLogThroughTheJdkComeToTheSameLog() {
    assertThat(System.getLogger("io.podidentity.Sample").getClass().getName())
        .startsWith("org.slf4j.");
  }

  @Test
  void whatEndsAThreadIsInTheLogAndInItsFormat() throws InterruptedException {
    PrintStream err = System.err;
    try {
      System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
      Logging.configure(LogFormat.JSON);
      Thread thread =
          new Thread(
              () -> {
                throw new IllegalStateException("nobody expected it");
              },
              "worker");
      thread.start();
      thread.join();
    } finally {
      System.setErr(err);
      Logging.configure(LogFormat.TEXT);
      Thread.setDefaultUncaughtExceptionHandler(null);
    }

    assertThat(written())
        .hasLineCount(1)
        .contains("thread ended thread=worker", "IllegalStateException: nobody expected it");
  }

  @Test
  void otherFormatsAreRefused() {
    assertThat(LogFormat.parse("text")).isEqualTo(LogFormat.TEXT);
    assertThat(LogFormat.parse("json")).isEqualTo(LogFormat.JSON);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogFormat.parse("xml"))
        .withMessageContaining("use text or json");
  }

  private Logger logger(LogFormat format) {
    return logger(format, "io.podidentity.Sample");
  }

  private Logger logger(LogFormat format, String name) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logging.configure(context, format, out);
    return context.getLogger(name);
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
