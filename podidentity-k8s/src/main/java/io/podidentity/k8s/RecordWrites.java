package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.WriteGuard;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes single writes: at the rate that is allowed, each attempt only if it may be made then, and
 * again if the API server was in trouble for a moment. Thread-safe.
 *
 * @param rate how many are made a second
 * @param guard asked right before each attempt, after all waits
 */
record RecordWrites(CallRate rate, WriteGuard guard) {
  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_REST = Duration.ofMillis(100);
  private static final int TOO_MANY_REQUESTS = 429;

  /**
   * Makes it.
   *
   * @throws KubernetesClientException if the last attempt failed
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if it may not be made
   */
  <T> T make(Supplier<T> write) {
    for (int attempt = 1; ; attempt++) {
      rate.await();
      guard.check();
      try {
        return write.get();
      } catch (KubernetesClientException e) {
        if (attempt == ATTEMPTS || !mayHeal(e)) {
          throw e;
        }
      }
      rest(FIRST_REST.multipliedBy(attempt));
    }
  }

  /** Without a status there was no answer. */
  private static boolean mayHeal(KubernetesClientException e) {
    int status = e.getCode();
    return status <= 0
        || status == TOO_MANY_REQUESTS
        || status >= HttpURLConnection.HTTP_INTERNAL_ERROR;
  }

  private static void rest(Duration rest) {
    try {
      TimeUnit.MILLISECONDS.sleep(rest.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up to write a record again", e);
    }
  }
}
