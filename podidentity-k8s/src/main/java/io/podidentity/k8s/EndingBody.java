package io.podidentity.k8s;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * A body that fails if it has not ended after a while, and gives its connection up then.
 *
 * @param <T> what becomes of it
 */
final class EndingBody<T> implements HttpResponse.BodySubscriber<T> {
  private final HttpResponse.BodySubscriber<T> next;
  private final Duration longest;
  private final CompletableFuture<Void> alarm = new CompletableFuture<>();
  private final Object lock = new Object();
  // Guarded by lock: signals must come one after the other.
  private boolean ended;

  EndingBody(HttpResponse.BodySubscriber<T> next, Duration longest) {
    this.next = next;
    this.longest = longest;
  }

  @Override
  public CompletionStage<T> getBody() {
    return next.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    var unusedAlarm = alarm.thenRunAsync(() -> expire(subscription));
    var unused = alarm.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS);
    next.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    synchronized (lock) {
      if (!ended) {
        next.onNext(part);
      }
    }
  }

  @Override
  public void onError(Throwable error) {
    end(() -> next.onError(error));
  }

  @Override
  public void onComplete() {
    end(next::onComplete);
  }

  private void expire(Flow.Subscription subscription) {
    subscription.cancel();
    end(() -> next.onError(new IOException("the answer has no end, or its connection is dead")));
  }

  private void end(Runnable signal) {
    synchronized (lock) {
      if (!ended) {
        ended = true;
        signal.run();
      }
    }
    alarm.cancel(false);
  }
}
