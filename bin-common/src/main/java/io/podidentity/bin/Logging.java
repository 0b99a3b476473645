package io.podidentity.bin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.OutputStream;
import org.slf4j.LoggerFactory;

/**
 * Logging to stderr, as AAD Pod Identity v1 does, set up without a configuration file: that is
 * sooner ready, and no file on the class path of an image changes it.
 */
public final class Logging {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0} - %msg%n%ex";

  private static final String APPENDER = "stderr";

  private Logging() {}

  /** Logs from now on in that format, from level INFO on. */
  public static void configure(LogFormat format) {
    configure((LoggerContext) LoggerFactory.getILoggerFactory(), format, System.err);
  }

  static void configure(LoggerContext context, LogFormat format, OutputStream out) {
    Encoder<ILoggingEvent> encoder = format == LogFormat.JSON ? json() : text();
    encoder.setContext(context);
    encoder.start();

    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName(APPENDER);
    appender.setEncoder(encoder);
    appender.setOutputStream(out);
    appender.start();

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    // Not stopped: that would close stderr.
    root.detachAppender(APPENDER);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    // What these say at INFO is of no use to an operator.
    context.getLogger("io.undertow").setLevel(Level.WARN);
    context.getLogger("org.xnio").setLevel(Level.WARN);
    context.getLogger("org.jboss.threads").setLevel(Level.WARN);
    context.getLogger("io.fabric8").setLevel(Level.WARN);
    // It logs a stack trace beside each of our one-line messages.
    context.getLogger("io.fabric8.kubernetes.client.informers").setLevel(Level.ERROR);
    // Each refusal by Entra ID; our own message says what matters.
    context.getLogger("com.microsoft.aad.msal4j").setLevel(Level.ERROR);
    // It warns, for each request with a body, that the JDK sets Content-Length by itself.
    context.getLogger("com.azure.core.http.jdk.httpclient").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    // The message as people read it; apart from its arguments it says little.
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMDC(false);
    return encoder;
  }
}
