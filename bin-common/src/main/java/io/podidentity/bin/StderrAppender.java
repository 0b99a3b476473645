package io.podidentity.bin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;

/** Writes what its {@link StormGuard} lets through, and says where that left something out. */
final class StderrAppender extends OutputStreamAppender<ILoggingEvent> {
  private final StormGuard guard = new StormGuard();
  private final Logger own;

  StderrAppender(LoggerContext context) {
    setContext(context);
    this.own = context.getLogger(Logging.class);
  }

  @Override
  protected void append(ILoggingEvent event) {
    StormGuard.Verdict verdict = guard.judge(event);
    if (verdict.leftOut() > 0) {
      say("lines were left out, as there were too many count={} like=\"{}\"", verdict, event);
    }
    if (verdict.write()) {
      super.append(event);
    }
    if (verdict.last()) {
      say("further lines like the last one are left out for up to a minute", verdict, event);
    }
  }

  private void say(String message, StormGuard.Verdict verdict, ILoggingEvent about) {
    Object[] arguments = {verdict.leftOut(), about.getMessage()};
    super.append(new LoggingEvent(Logger.FQCN, own, Level.WARN, message, null, arguments));
  }
}
