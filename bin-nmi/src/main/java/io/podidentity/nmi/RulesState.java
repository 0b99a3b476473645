package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Timer;
import io.podidentity.bin.Daemons;
import io.podidentity.iptables.RulesGuard;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the rules in place on a thread of its own, and knows whether it is. Thread-safe. */
final class RulesState implements RulesGuard.Listener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RulesState.class);

  private final @Nullable NodeRules rules;
  private final Duration interval;
  private final Timer timer;
  private final NmiMetrics metrics;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Daemons.named("rules"));
  private @Nullable RulesGuard guard;
  private volatile boolean inPlace;
  private volatile boolean failing;

  /** A state that is looked after from {@link #start} on; with no rules it is always in place. */
  RulesState(@Nullable NodeRules rules, Duration interval, Timer timer, NmiMetrics metrics) {
    this.rules = rules;
    this.interval = interval;
    this.timer = timer;
    this.metrics = metrics;
  }

  void start() {
    if (rules == null) {
      inPlace = true;
      return;
    }
    guard = new RulesGuard(rules, timer, interval, executor, this);
    guard.start();
  }

  boolean isInPlace() {
    return inPlace;
  }

  @Override
  public void onInPlace(boolean changed) {
    if (!inPlace) {
      log.info("rules are in place");
    } else if (changed) {
      log.warn("rules were missing or changed, and are in place again");
      metrics.rulesRepaired();
    }
    inPlace = true;
    failing = false;
  }

  @Override
  public void onFailure(PodIdentityException error) {
    inPlace = false;
    metrics.rulesFailed();
    if (!failing) {
      for (String problem : Problems.of(error)) {
        log.error("rules failed; trying again error={}", problem);
      }
      log.debug("rules failed", error);
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
