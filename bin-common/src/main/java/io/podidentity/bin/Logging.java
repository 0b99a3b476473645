package io.podidentity.bin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.OutputStream;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Logging to stderr, as AAD Pod Identity v1 does, set up without a configuration file: that is
 * sooner ready, and no file on the class path of an image changes it.
 */
public final class Logging {
  private static final org.slf4j.Logger log = LoggerFactory.getLogger(Logging.class);

  /**
   * For one of many lines that a thread logs at once: another follows without delay, and both may
   * be written together. What others log meanwhile keeps its place. The last of them must be logged
   * without this.
   */
  public static final Marker MORE_FOLLOW = MarkerFactory.getMarker("more-follow");

  private static final String APPENDER = "stderr";

  private Logging() {}

  /**
   * Logs from now on in that format, from level INFO on; also what ends a thread, which the JVM
   * would print in a format of its own.
   */
  public static void configure(LogFormat format) {
    configure((LoggerContext) LoggerFactory.getILoggerFactory(), format, System.err);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> log.error("thread ended thread={}", thread.getName(), error));
  }

  static void configure(LoggerContext context, LogFormat format, OutputStream out) {
    StderrAppender appender = new StderrAppender(context, new LogLines(format), out);
    appender.setName(APPENDER);
    appender.start();

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
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
    context.getLogger("io.fabric8.kubernetes.client.extended.leaderelection").setLevel(Level.ERROR);
    // It cannot answer the close of a connection that broke, and says so for each watch.
    context.getLogger("io.fabric8.kubernetes.client.jdkhttp").setLevel(Level.ERROR);
    // Each refusal by Entra ID; our own message says what matters.
    context.getLogger("com.microsoft.aad.msal4j").setLevel(Level.ERROR);
    // It warns, for each request with a body, that the JDK sets Content-Length by itself.
    context.getLogger("com.azure.core.http.jdk.httpclient").setLevel(Level.ERROR);
  }
}
