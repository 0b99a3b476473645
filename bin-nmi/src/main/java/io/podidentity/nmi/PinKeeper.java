package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Timer;
import io.podidentity.iptables.RulesGuard;
import io.podidentity.iptables.SourcePins;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps pods' addresses held to their interfaces, and reads what was dropped every two seconds.
 * Where it is enforced, what is not held is refused. Thread-safe.
 */
final class PinKeeper implements SourceGate, RulesGuard.Listener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PinKeeper.class);

  static final Duration COUNTED = Duration.ofSeconds(2);

  /**
   * What it keeps; see {@link SourcePins}.
   *
   * @param count looks what was dropped
   * @param isPinned whether an address is held to its pod's interface
   */
  record Kept(NodeRules rules, Runnable count, Predicate<InetAddress> isPinned) {
    static Kept of(SourcePins pins) {
      return new Kept(pins, pins::count, pins::isPinned);
    }
  }

  private final Kept kept;
  private final boolean enforced;
  private final Timer timer;
  private final NmiMetrics metrics;
  private final RulesGuard guard;
  private volatile boolean inPlace;
  private volatile boolean failing;
  private volatile boolean closed;

  /**
   * A keeper that does nothing yet.
   *
   * @param enforced whether an address without a pin is refused
   * @param interval how often it looks in any case
   * @param timer its own: it works on the timer's thread, which a program that hangs may hold up
   */
  PinKeeper(Kept kept, boolean enforced, Duration interval, Timer timer, NmiMetrics metrics) {
    this.kept = kept;
    this.enforced = enforced;
    this.timer = timer;
    this.metrics = metrics;
    this.guard = new RulesGuard(kept.rules(), timer, interval, this::execute, this);
  }

  private void execute(Runnable work) {
    var unused = timer.schedule(Duration.ZERO, work);
  }

  void start() {
    guard.start();
    scheduleCount();
  }

  private void scheduleCount() {
    var unused = timer.schedule(COUNTED, this::count);
  }

  private void count() {
    if (closed) {
      return;
    }
    try {
      kept.count().run();
    } catch (PodIdentityException e) {
      // Nft is gone: the guard is told, and says what comes of it.
      log.debug("spoofed packets cannot be counted", e);
    } finally {
      scheduleCount();
    }
  }

  @Override
  public boolean admits(InetAddress source) {
    return !enforced || kept.isPinned().test(source);
  }

  @Override
  public boolean isReady() {
    return !enforced || inPlace;
  }

  @Override
  public void onInPlace(boolean changed) {
    if (!inPlace) {
      log.info("source pins are in place");
    }
    inPlace = true;
    failing = false;
  }

  @Override
  public void onFailure(PodIdentityException error) {
    inPlace = false;
    metrics.rulesFailed();
    if (failing) {
      return;
    }
    failing = true;
    if (enforced) {
      log.error(
          "source pins failed: pods without one are refused; trying again error={}",
          error.getMessage());
    } else {
      log.warn(
          "source pins failed: pods without one are known by their address alone; trying again"
              + " error={}",
          error.getMessage());
    }
  }

  /** Ends; the caller removes the pins and closes the timer first. */
  @Override
  public void close() {
    closed = true;
    guard.stop();
  }
}
