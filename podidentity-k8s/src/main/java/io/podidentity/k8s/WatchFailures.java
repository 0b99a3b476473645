package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once, and again when it changes, why the objects of a kind cannot be followed. After some
 * quiet minutes, in which they could, it is said again. Thread-safe.
 */
final class WatchFailures {
  private static final Logger log = LoggerFactory.getLogger(WatchFailures.class);

  /** Longer than the rest between two tries: this is another failure, not the same one still. */
  private static final long QUIET_NANOS = Duration.ofMinutes(5).toNanos();

  private final String kind;
  private final LongSupplier nanoTime;
  private final AtomicReference<Said> said = new AtomicReference<>(new Said("", 0));

  private record Said(String text, long at) {}

  WatchFailures(String kind) {
    this(kind, System::nanoTime);
  }

  WatchFailures(String kind, LongSupplier nanoTime) {
    this.kind = kind;
    this.nanoTime = nanoTime;
  }

  void report(Throwable error) {
    Said now = new Said(describe(error), nanoTime.getAsLong());
    Said before = said.getAndSet(now);
    String text = now.text();
    if (text.equals(before.text()) && now.at() - before.at() < QUIET_NANOS) {
      log.debug("still cannot follow objects: kind={} problem={}", kind, text);
    } else {
      log.warn("cannot follow objects, trying on: kind={} problem={}", kind, text);
    }
  }

  private String describe(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (!(cause instanceof KubernetesClientException failure)) {
      return cause.toString();
    }
    return switch (failure.getCode()) {
      case HttpURLConnection.HTTP_NOT_FOUND ->
          "the API server does not know it; run kubectl apply -f deploy/crds";
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          "the API server does not accept the service account's token";
      case HttpURLConnection.HTTP_FORBIDDEN ->
          "list and watch are not permitted; run kubectl apply -f deploy/rbac";
      default -> Failures.brief(failure);
    };
  }
}
