package io.podidentity.bin;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * What logback finds when the first logger is asked for: text until {@link Logging#configure} says
 * otherwise, and no search for configuration files.
 */
public final class FileFreeConfigurator extends ContextAwareBase implements Configurator {
  /** For {@link java.util.ServiceLoader}. */
  public FileFreeConfigurator() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logging.configure(context, LogFormat.TEXT, System.err);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
