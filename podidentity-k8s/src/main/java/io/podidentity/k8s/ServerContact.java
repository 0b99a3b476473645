package io.podidentity.k8s;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when no connection to the API server can be made, and when one can again: one line each,
 * whatever the number of tries, and no two such pairs within a minute. fabric8 opens a broken watch
 * anew by itself, and tells no {@link WatchFailures} of its tries; if the first one succeeds that
 * is not worth a line. Thread-safe.
 */
final class ServerContact {
  private static final Logger log = LoggerFactory.getLogger(ServerContact.class);

  /** So that a server that is there every other time does not fill the log. */
  private static final long BETWEEN_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanoTime;
  private @Nullable Long awaySince;
  private @Nullable Long told;
  private boolean toldAway;

  ServerContact() {
    this(System::nanoTime);
  }

  ServerContact(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The server has answered, whatever it was. */
  synchronized void answered() {
    if (toldAway && awaySince != null) {
      Duration away = Duration.ofNanos(nanoTime.getAsLong() - awaySince);
      log.info("the API server answers again: after={}s", away.toSeconds());
    }
    toldAway = false;
    awaySince = null;
  }

  /** A watch could not be opened. */
  void watchFailed(Throwable cause) {
    if (cause instanceof WebSocketHandshakeException) {
      answered();
    } else if (cause instanceof IOException) {
      failed(cause);
    }
  }

  /** What has become of a request: without a connection there may have been no server. */
  void requestEnded(@Nullable Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause == null) {
      answered();
    } else if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      failed(cause);
    }
  }

  private synchronized void failed(Throwable cause) {
    long now = nanoTime.getAsLong();
    awaySince = awaySince == null ? now : awaySince;
    if (!toldAway && (told == null || now - told >= BETWEEN_NANOS)) {
      toldAway = true;
      told = now;
      log.warn(
          "the API server does not answer, trying on with what was known last: problem={}",
          cause.toString());
    } else {
      log.debug("the API server still does not answer: problem={}", cause.toString());
    }
  }
}
