package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says why the objects of a kind cannot be followed, when that is news. Thread-safe. */
final class WatchFailures {
  private static final Logger log = LoggerFactory.getLogger(WatchFailures.class);

  private final String kind;
  private final LastTold told;

  WatchFailures(String kind) {
    this(kind, System::nanoTime);
  }

  WatchFailures(String kind, LongSupplier nanoTime) {
    this.kind = kind;
    this.told = new LastTold(nanoTime);
  }

  void report(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String problem = describe(cause);
    if (told.isNews(problem, Failures.status(cause))) {
      log.warn("cannot follow objects, trying on: kind={} problem={}", kind, problem);
    } else {
      log.debug("still cannot follow objects: kind={} problem={}", kind, problem);
    }
  }

  private static String describe(Throwable cause) {
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
