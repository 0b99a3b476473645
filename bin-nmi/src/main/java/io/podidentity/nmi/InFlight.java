package io.podidentity.nmi;

import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the requests that have no answer yet, so that a stop can wait for them. Once a stop has
 * begun, connections are closed after their answers.
 */
final class InFlight implements HttpHandler {
  private final HttpHandler next;
  private final AtomicInteger count = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  // One for all: to make one for each request is dear in the first compiler tier.
  private final ExchangeCompletionListener leaving =
      (ended, nextListener) -> {
        leave();
        nextListener.proceed();
      };
  private volatile boolean stopping;

  InFlight(HttpHandler next) {
    this.next = next;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    count.incrementAndGet();
    exchange.addExchangeCompleteListener(leaving);
    if (stopping) {
      exchange.setPersistent(false);
    }
    next.handleRequest(exchange);
  }

  /** How many requests have no answer yet. */
  int count() {
    return count.get();
  }

  /** From now on each connection carries one more answer at most. */
  void stop() {
    stopping = true;
  }

  /** Waits until there is none, but no longer than that. */
  boolean awaitNone(Duration bound) throws InterruptedException {
    long left = bound.toNanos();
    lock.lock();
    try {
      while (count.get() > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
      return count.get() == 0;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    if (count.decrementAndGet() == 0 && stopping) {
      lock.lock();
      try {
        none.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
