package io.podidentity.nmi;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * Writes a body to a client as it comes, a piece at a time: the next one is asked for when the
 * client has taken the last. One that grows too long, breaks off or takes too long ends the
 * connection, so that the client does not take a part for the whole.
 */
final class AnswerStream implements Flow.Subscriber<List<ByteBuffer>>, IoCallback {
  private final HttpServerExchange exchange;
  private final long limit;
  private final Refusal broken;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final Object lock = new Object();
  // Guarded by lock.
  private Flow.@Nullable Subscription subscription;
  private boolean cancelled;
  // Of the subscription's thread.
  private long seen;
  // Of the exchange's I/O thread.
  private boolean writing;
  private boolean complete;
  private boolean ended;

  /**
   * A stream that nothing feeds yet.
   *
   * @param limit in bytes
   * @param broken the answer, where the body fails before any of it was sent
   */
  AnswerStream(HttpServerExchange exchange, long limit, Refusal broken) {
    this.exchange = exchange;
    this.limit = limit;
    this.broken = broken;
  }

  /** Takes the body; once, later ones are ignored. */
  void take(Flow.Publisher<List<ByteBuffer>> body) {
    if (claimed.compareAndSet(false, true)) {
      body.subscribe(this);
    }
  }

  /** Reads no more, and gives the other end's connection up. Any thread. */
  void cancel() {
    Flow.Subscription current;
    synchronized (lock) {
      cancelled = true;
      current = subscription;
    }
    if (current != null) {
      current.cancel();
    }
  }

  /** Ends the exchange without the rest of its body. Any thread. */
  void abort() {
    cancel();
    exchange.getIoThread().execute(this::end);
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    boolean wanted;
    synchronized (lock) {
      subscription = newSubscription;
      wanted = !cancelled;
    }
    if (wanted) {
      newSubscription.request(1);
    } else {
      newSubscription.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      seen += buffer.remaining();
    }
    if (seen > limit) {
      abort();
    } else {
      exchange.getIoThread().execute(() -> write(buffers));
    }
  }

  @Override
  public void onError(Throwable problem) {
    abort();
  }

  @Override
  public void onComplete() {
    exchange
        .getIoThread()
        .execute(
            () -> {
              complete = true;
              if (!writing && !ended) {
                exchange.endExchange();
              }
            });
  }

  private void write(List<ByteBuffer> buffers) {
    if (ended) {
      // This piece was under way when the stream was given up.
      return;
    }
    writing = true;
    exchange.getResponseSender().send(buffers.toArray(ByteBuffer[]::new), this);
  }

  /** A piece is written. */
  @Override
  public void onComplete(HttpServerExchange written, Sender sender) {
    writing = false;
    if (complete) {
      exchange.endExchange();
      return;
    }
    synchronized (lock) {
      if (cancelled || subscription == null) {
        return;
      }
    }
    subscription.request(1);
  }

  /** The client is gone. */
  @Override
  public void onException(HttpServerExchange written, Sender sender, IOException problem) {
    cancel();
    end();
  }

  private void end() {
    ended = true;
    if (!exchange.isResponseStarted() && exchange.getConnection().isOpen()) {
      exchange.getResponseHeaders().clear();
      Exchanges.send(exchange, broken.answer());
    } else if (!exchange.isComplete()) {
      IoUtils.safeClose(exchange.getConnection());
      exchange.endExchange();
    }
  }
}
