package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.MetadataRedirect;
import io.podidentity.api.spi.Timer;
import io.podidentity.bin.Daemons;
import io.podidentity.iptables.RedirectGuard;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the redirect in place on a thread of its own, and knows whether it is. Thread-safe. */
final class RedirectState implements RedirectGuard.Listener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedirectState.class);

  private final @Nullable MetadataRedirect redirect;
  private final Duration interval;
  private final Timer timer;
  private final NmiMetrics metrics;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Daemons.named("redirect"));
  private @Nullable RedirectGuard guard;
  private volatile boolean inPlace;
  private volatile boolean failing;

  /**
   * A state that is looked after from {@link #start} on; with no redirect it is always in place.
   */
  RedirectState(
      @Nullable MetadataRedirect redirect, Duration interval, Timer timer, NmiMetrics metrics) {
    this.redirect = redirect;
    this.interval = interval;
    this.timer = timer;
    this.metrics = metrics;
  }

  void start() {
    if (redirect == null) {
      inPlace = true;
      return;
    }
    guard = new RedirectGuard(redirect, timer, interval, executor, this);
    guard.start();
  }

  boolean isInPlace() {
    return inPlace;
  }

  @Override
  public void onInPlace(boolean changed) {
    if (!inPlace) {
      log.info("metadata redirect is in place");
    } else if (changed) {
      log.warn("metadata redirect was missing or changed, and is in place again");
      metrics.redirectRepaired();
    }
    inPlace = true;
    failing = false;
  }

  @Override
  public void onFailure(PodIdentityException error) {
    inPlace = false;
    metrics.redirectFailed();
    if (!failing) {
      log.error("metadata redirect failed; trying again error={}", error.getMessage(), error);
    }
    failing = true;
  }

  /** Ends; the rules stay. */
  @Override
  public void close() {
    if (guard != null) {
      guard.stop();
    }
    executor.shutdownNow();
  }
}
