package io.podidentity.nmi;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Notices that a client hangs up while its request waits. Undertow does not: between a request and
 * its answer it reads nothing, and so sees no end. All calls come from the connection's I/O thread.
 */
final class HangUp {
  private final HttpServerConnection connection;
  private final ConduitStreamSourceChannel source;
  private final Runnable gone;

  private HangUp(HttpServerConnection connection, Runnable gone) {
    this.connection = connection;
    this.source = connection.getChannel().getSourceChannel();
    this.gone = gone;
  }

  /**
   * Watches until {@link #stop}. A client that has sent more than its request (a body that nobody
   * reads, the next request) is not watched: what it sent would have to be kept meanwhile.
   *
   * @param gone called at most once, after the connection is closed
   */
  static HangUp watch(HttpServerExchange exchange, Runnable gone) {
    HangUp watch = new HangUp((HttpServerConnection) exchange.getConnection(), gone);
    if (exchange.isRequestComplete() && watch.connection.getExtraBytes() == null) {
      watch.source.setReadListener(channel -> watch.read());
      watch.source.resumeReads();
    }
    return watch;
  }

  /** Watches no more: the answer is there. */
  void stop() {
    source.setReadListener(null);
    source.suspendReads();
  }

  private void read() {
    PooledByteBuffer buffer = connection.getByteBufferPool().allocate();
    boolean kept = false;
    try {
      int count = source.read(buffer.getBuffer());
      if (count < 0) {
        end();
      } else if (count > 0) {
        // The next request, ahead of time: it goes back, and waits for its turn.
        buffer.getBuffer().flip();
        connection.ungetRequestBytes(buffer);
        kept = true;
        stop();
      }
    } catch (IOException e) {
      end();
    } finally {
      if (!kept) {
        buffer.close();
      }
    }
  }

  private void end() {
    stop();
    IoUtils.safeClose(connection);
    gone.run();
  }
}
