package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

class AnswerStreamTest {
  private final CountDownLatch done = new CountDownLatch(1);

  /** The refusal waits for the client to take what it was sent before. */
  @Test
  void aPieceThatComesAfterTheRefusalIsLeftOut() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try (NmiServer server =
            new NmiServer(
                List.of(new InetSocketAddress(TestNmi.inet("127.0.0.1"), 0)),
                exchange -> exchange.dispatch(Runnable::run, () -> refuseInTheMidst(exchange)),
                NmiServer.limits(Duration.ofSeconds(60)),
                () -> {},
                () -> {},
                Duration.ofMillis(50));
        RawHttp client = RawHttp.connect("127.0.0.1", server.start())) {
      client.get("/");

      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      root.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("failed with an exception"));
  }

  private void refuseInTheMidst(HttpServerExchange exchange) {
    exchange.addResponseWrapper((factory, answered) -> new Full(factory.create()));
    AnswerStream stream =
        new AnswerStream(exchange, 100, RefusalCause.METADATA_TIMEOUT.refusal("too late"));
    stream.abort();
    stream.onNext(List.of(ByteBuffer.wrap(new byte[] {1})));
    exchange.getIoThread().execute(done::countDown);
  }

  /** Takes nothing. */
  private static final class Full extends AbstractStreamSinkConduit<StreamSinkConduit> {
    Full(StreamSinkConduit next) {
      super(next);
    }

    @Override
    public int write(ByteBuffer from) {
      return 0;
    }

    @Override
    public int writeFinal(ByteBuffer from) {
      return 0;
    }

    @Override
    public void resumeWrites() {
      // It never will.
    }
  }
}
