package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class CallbacksTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(Callbacks.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Callbacks callbacks = new Callbacks();

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(logged);
  }

  @Test
  void oneThatThrowsIsLoggedAndKeepsTheOthersFromNothing() {
    RuntimeException exception = new IllegalStateException("of a callback");
    Error error = new NoClassDefFoundError("of a callback");
    AtomicInteger called = new AtomicInteger();
    callbacks.subscribe(
        () -> {
          throw exception;
        });
    callbacks.subscribe(
        () -> {
          throw error;
        });
    callbacks.subscribe(called::incrementAndGet);

    callbacks.call();

    assertThat(called).hasValue(1);
    assertThat(logged.list)
        .extracting(ILoggingEvent::getThrowableProxy)
        .extracting(thrown -> ((ThrowableProxy) thrown).getThrowable())
        .containsExactly(exception, error);
  }
}
