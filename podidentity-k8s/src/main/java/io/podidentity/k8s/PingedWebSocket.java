package io.podidentity.k8s;

import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that is given up when, since the last ping, nothing at all has come: no answer and no
 * message. So a watch whose other end is dead, or whose connection a firewall forgot, ends at the
 * next ping but one, and not when the kernel's patience does, after a quarter of an hour.
 */
final class PingedWebSocket implements WebSocket {
  private final WebSocket socket;
  private final Ears ears;

  private PingedWebSocket(WebSocket socket, Ears ears) {
    this.socket = socket;
    this.ears = ears;
  }

  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    if (!ears.heard.getAndSet(false)) {
      socket.abort();
      ears.ended();
      ears.listener.onError(this, new IOException("the other end answers no ping"));
      return CompletableFuture.failedFuture(new IOException("given up"));
    }
    return own(socket.sendPing(message));
  }

  /**
   * Asks the other end for an answer.
   *
   * @return completes when it has come; exceptionally if the WebSocket ends before
   */
  CompletableFuture<Void> isAlive() {
    ByteBuffer question = ByteBuffer.allocate(Long.BYTES);
    question.putLong(ears.questions.incrementAndGet()).flip();
    CompletableFuture<Void> answer = new CompletableFuture<>();
    ByteBuffer asked = question.duplicate();
    ears.asked.put(asked, answer);
    var unused =
        socket
            .sendPing(question)
            .whenComplete(
                (sent, error) -> {
                  if (error != null) {
                    answer.completeExceptionally(error);
                  }
                });
    return answer.whenComplete((any, error) -> ears.asked.remove(asked));
  }

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    return own(socket.sendText(data, last));
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    return own(socket.sendBinary(data, last));
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return own(socket.sendPong(message));
  }

  @Override
  public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
    ears.ended();
    return own(socket.sendClose(statusCode, reason));
  }

  @Override
  public void request(long n) {
    socket.request(n);
  }

  @Override
  public String getSubprotocol() {
    return socket.getSubprotocol();
  }

  @Override
  public boolean isOutputClosed() {
    return socket.isOutputClosed();
  }

  @Override
  public boolean isInputClosed() {
    return socket.isInputClosed();
  }

  @Override
  public void abort() {
    ears.ended();
    socket.abort();
  }

  private CompletableFuture<WebSocket> own(CompletableFuture<WebSocket> sent) {
    return sent.thenApply(any -> this);
  }

  /** Listens for signs of life, and passes on what comes. */
  static final class Ears implements Listener {
    private final Listener listener;
    private final URI uri;
    private final WatchSockets sockets;
    private final AtomicLong questions = new AtomicLong();
    private final Map<ByteBuffer, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();
    private final AtomicBoolean heard = new AtomicBoolean(true);
    private final AtomicReference<@Nullable PingedWebSocket> own = new AtomicReference<>();
    private final AtomicBoolean settled = new AtomicBoolean();

    Ears(Listener listener, URI uri, WatchSockets sockets) {
      this.listener = listener;
      this.uri = uri;
      this.sockets = sockets;
    }

    /** Whether it was undecided until now if it opens or is given up. */
    boolean settle() {
      return !settled.getAndSet(true);
    }

    /** It is over, whoever ended it. */
    void ended() {
      PingedWebSocket socket = own.get();
      if (socket != null) {
        sockets.ended(socket);
      }
      asked
          .values()
          .forEach(answer -> answer.completeExceptionally(new IOException("it has ended")));
    }

    /** Always the same: it is what the listener and whoever opened the WebSocket hold. */
    PingedWebSocket own(WebSocket socket) {
      PingedWebSocket made = new PingedWebSocket(socket, this);
      PingedWebSocket known = own.compareAndExchange(null, made);
      return known == null ? made : known;
    }

    @Override
    public void onOpen(WebSocket socket) {
      if (!settle()) {
        socket.abort();
        return;
      }
      sockets.opened(uri, own(socket));
      listener.onOpen(own(socket));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      heard.set(true);
      return listener.onText(own(socket), data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      heard.set(true);
      return listener.onBinary(own(socket), data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
      heard.set(true);
      return listener.onPing(own(socket), message);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      heard.set(true);
      CompletableFuture<Void> answer = asked.get(message);
      if (answer != null) {
        answer.complete(null);
      }
      return listener.onPong(own(socket), message);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
      ended();
      return listener.onClose(own(socket), statusCode, reason);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      ended();
      listener.onError(own(socket), error);
    }
  }
}
