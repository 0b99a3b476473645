package io.podidentity.nmi;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Notices that a client hangs up while its request waits. Undertow does not: between a request and
 * its answer it reads nothing, and so sees no end. All calls come from the connection's I/O thread.
 *
 * <p>What a client sends meanwhile has to be read to see the end behind it. Its next request is
 * kept, as far as one buffer holds it; a body is thrown away, and its connection ends with the
 * answer. A client that goes on sending is cut off.
 */
final class HangUp {
  /** Of a body, in bytes. */
  private static final int MAX_DISCARDED = 16 * 1024;

  private final HttpServerConnection connection;
  private final ConduitStreamSourceChannel source;
  private final boolean keeps;
  private final Runnable gone;
  private int discarded;

  private HangUp(HttpServerConnection connection, boolean keeps, Runnable gone) {
    this.connection = connection;
    this.source = connection.getChannel().getSourceChannel();
    this.keeps = keeps;
    this.gone = gone;
  }

  /**
   * Watches until {@link #stop}.
   *
   * @param gone called at most once, after the connection is closed
   */
  static HangUp watch(HttpServerExchange exchange, Runnable gone) {
    boolean complete = exchange.isRequestComplete();
    HangUp watch = new HangUp((HttpServerConnection) exchange.getConnection(), complete, gone);
    if (!complete) {
      exchange.setPersistent(false);
      Connectors.terminateRequest(exchange);
    }
    watch.source.setReadListener(channel -> watch.read());
    watch.source.resumeReads();
    return watch;
  }

  /** Watches no more: the answer is there. */
  void stop() {
    source.setReadListener(null);
    source.suspendReads();
  }

  private void read() {
    try {
      if (!(keeps ? keep() : discard())) {
        end();
      }
    } catch (IOException e) {
      end();
    }
  }

  /** Whether it goes on. */
  private boolean keep() throws IOException {
    PooledByteBuffer ahead = connection.getExtraBytes();
    if (ahead == null) {
      PooledByteBuffer buffer = connection.getByteBufferPool().allocate();
      int count = readInto(buffer);
      if (count > 0) {
        buffer.getBuffer().flip();
        connection.setExtraBytes(buffer);
      } else {
        buffer.close();
      }
      return count >= 0;
    }
    ByteBuffer bytes = ahead.getBuffer();
    bytes.compact();
    try {
      return bytes.hasRemaining() && connection.getOriginalSourceConduit().read(bytes) >= 0;
    } finally {
      bytes.flip();
    }
  }

  private boolean discard() throws IOException {
    try (PooledByteBuffer buffer = connection.getByteBufferPool().allocate()) {
      int count = readInto(buffer);
      discarded += count;
      return count >= 0 && discarded <= MAX_DISCARDED;
    }
  }

  /** Past whatever reads the body. */
  private int readInto(PooledByteBuffer buffer) throws IOException {
    try {
      return connection.getOriginalSourceConduit().read(buffer.getBuffer());
    } catch (IOException e) {
      buffer.close();
      throw e;
    }
  }

  private void end() {
    stop();
    IoUtils.safeClose(connection);
    gone.run();
  }
}
