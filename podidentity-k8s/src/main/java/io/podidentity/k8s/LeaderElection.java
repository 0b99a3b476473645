package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one of several instances the leader, by a {@code Lease} and, unless told otherwise, by AAD
 * Pod Identity v1's {@code Endpoints} object of the same name, which is taken first. Who leads
 * holds all of them; so an instance of v1 and one of ours never lead at the same time. A leader
 * that has not renewed them for half their duration is none until it has, and only if nobody else
 * was it meanwhile; else it does not stand again. Thread-safe.
 */
public final class LeaderElection implements AutoCloseable {
  /** Where AAD Pod Identity v1 keeps its lock ({@code leader-election-namespace}). */
  public static final String DEFAULT_NAMESPACE = "default";

  /** What AAD Pod Identity v1 calls its lock ({@code leader-election-name}). */
  public static final String DEFAULT_NAME = "aad-pod-identity-mic";

  /** How long a leader lasts in AAD Pod Identity v1 ({@code leader-election-duration}). */
  public static final Duration DEFAULT_DURATION = Duration.ofSeconds(15);

  /** Who stands by looks at least so often: a lock that was released is taken within 2 s. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /**
   * Which locks, and who we are.
   *
   * @param namespace the locks' namespace; default {@value #DEFAULT_NAMESPACE}
   * @param name the locks' name; default {@value #DEFAULT_NAME}
   * @param identity our name, unlike that of any other instance: the pod's name
   * @param duration how long a leader lasts after its last renewal; default 15 s, at least 1 s, and
   *     written in whole seconds
   * @param endpoints whether v1's lock is held too; without it an instance of v1 may lead besides
   */
  public record Settings(
      String namespace, String name, String identity, Duration duration, boolean endpoints) {
    /** Refuses an empty identity, and a lease of less than a second. */
    public Settings {
      requireNonNull(namespace, "namespace");
      requireNonNull(name, "name");
      if (identity.isEmpty()) {
        throw new IllegalArgumentException("identity must not be empty");
      }
      if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("duration must be at least 1 s: " + duration);
      }
    }
  }

  private enum State {
    WAITING,
    LEADING,
    LOST,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(LeaderElection.class);

  private final Settings settings;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Executor executor;
  private final Runnable onStarted;
  private final Runnable onLost;
  private final LastTold told = new LastTold(System::nanoTime);

  /** Held through the calls: one attempt, or the release, at a time. */
  private final Object attempts = new Object();

  // Guarded by attempts, which the thread of the election holds while it looks and writes.
  private final ElectionLocks locks;

  private final Object lock = new Object();
  // Guarded by lock.
  private State state = State.WAITING;
  private Instant renewed = Instant.MIN;
  private long renewedNanos;
  private @Nullable ObjectReference reference;

  /**
   * An election that has not begun.
   *
   * @param connection may get and update the lease, create leases in its namespace, and do the same
   *     with endpoints if they are used; it stays the caller's to close, and should be used for
   *     nothing else: a renewal must not wait for other calls
   * @param clock the system's
   * @param executor where calls to the API server and the two callbacks run; two threads at least
   * @param onStarted called once, when this instance becomes the leader
   * @param onLost called once if it then is the leader no longer, but not because of {@link
   *     #close()}, or if it cannot stand any longer
   */
  public LeaderElection(
      KubernetesConnection connection,
      Settings settings,
      Clock clock,
      Executor executor,
      Runnable onStarted,
      Runnable onLost) {
    this(connection.client(), settings, clock, System::nanoTime, executor, onStarted, onLost);
  }

  LeaderElection(
      KubernetesClient client,
      Settings settings,
      Clock clock,
      LongSupplier nanoTime,
      Executor executor,
      Runnable onStarted,
      Runnable onLost) {
    this.settings = requireNonNull(settings, "settings");
    this.clock = requireNonNull(clock, "clock");
    this.nanoTime = requireNonNull(nanoTime, "nanoTime");
    this.executor = requireNonNull(executor, "executor");
    this.onStarted = requireNonNull(onStarted, "onStarted");
    this.onLost = requireNonNull(onLost, "onLost");
    this.locks = new ElectionLocks(client, settings, clock, nanoTime);
  }

  /** Begins to stand for election, and returns at once. To be called once. */
  public void start() {
    executor.execute(this::stand);
  }

  /**
   * Whether this instance is the leader, and has renewed its locks lately. After a halt of the
   * process it says no at once, before {@code onLost} is called: ask it before each step that only
   * a leader may take.
   */
  public boolean isLeader() {
    synchronized (lock) {
      // By both clocks: one may be set back, the other may stand still while the machine sleeps.
      return state == State.LEADING
          && clock.instant().isBefore(renewed.plus(renewDeadline()))
          && nanoTime.getAsLong() - renewedNanos < renewDeadline().toNanos();
    }
  }

  /**
   * Stands no longer, and releases the locks that are ours, so that another need not wait until
   * their time runs out. Call it when all work that only a leader may do has ended.
   *
   * @return completes when that is done, or has failed
   */
  public CompletableFuture<Void> release() {
    State before;
    synchronized (lock) {
      before = state;
      state = before == State.LOST ? before : State.CLOSED;
      lock.notifyAll();
    }
    return before == State.LEADING
        ? CompletableFuture.runAsync(this::releaseLocks, executor)
        : CompletableFuture.completedFuture(null);
  }

  /** As {@link #release()}, and waits for it, for half the locks' duration at most. */
  @Override
  public void close() {
    try {
      release().get(renewDeadline().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("lease not released, it runs out by itself: lease={}", settings.name(), e);
    }
  }

  /** Our name, as it stands in the locks. */
  String identity() {
    return settings.identity();
  }

  /** The lock that v1's events are about; null before it was looked at. */
  @Nullable ObjectReference reference() {
    synchronized (lock) {
      return reference;
    }
  }

  private void stand() {
    boolean ended = false;
    try {
      boolean standing = true;
      while (standing) {
        boolean held = attempt();
        Duration renewal = settings.duration().dividedBy(4);
        standing = rest(held || renewal.compareTo(LOOK) < 0 ? renewal : untilLook());
      }
      ended = true;
    } finally {
      if (!ended) {
        broken();
      }
    }
  }

  /** A lock that runs out is taken at that moment, and not at the next look by chance. */
  private Duration untilLook() {
    synchronized (attempts) {
      Duration left = locks.left();
      return left.isZero() || left.compareTo(LOOK) > 0 ? LOOK : left;
    }
  }

  /** Whether to go on after the rest. */
  private boolean rest(Duration rest) {
    long end = System.nanoTime() + rest.toNanos();
    synchronized (lock) {
      try {
        for (long left = end - System.nanoTime();
            left > 0 && isStanding();
            left = end - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      return isStanding();
    }
  }

  private boolean isStanding() {
    return state == State.WAITING || state == State.LEADING;
  }

  /** Takes the locks or renews them; whether they are ours now. */
  private boolean attempt() {
    synchronized (attempts) {
      Instant begun = clock.instant();
      long begunNanos = nanoTime.getAsLong();
      try {
        if (!take(begun)) {
          lost();
          return false;
        }
      } catch (RuntimeException e) {
        failed(e);
        return false;
      }
      held(begun, begunNanos);
      return true;
    }
  }

  private boolean take(Instant now) {
    boolean leading;
    synchronized (lock) {
      leading = state == State.LEADING;
    }
    if (!locks.areFree(leading)) {
      return false;
    }
    synchronized (lock) {
      if (!isStanding()) {
        return false;
      }
    }
    locks.hold(now);
    return true;
  }

  private void held(Instant begun, long begunNanos) {
    State before;
    synchronized (lock) {
      renewed = begun;
      renewedNanos = begunNanos;
      reference = locks.reference();
      before = state;
      if (before == State.WAITING) {
        state = State.LEADING;
      }
    }
    if (before == State.WAITING) {
      executor.execute(onStarted);
    } else if (before == State.CLOSED) {
      // The release came before these calls, and found nothing to release.
      releaseLocks();
    }
  }

  private void lost() {
    Duration since;
    synchronized (lock) {
      if (state != State.LEADING) {
        return;
      }
      state = State.LOST;
      since = Duration.between(renewed, clock.instant());
    }
    log.warn(
        "lease lost: lease={} leader={} renewed={}ms ago",
        settings.name(),
        locks.leader(),
        since.toMillis());
    tellLost();
  }

  /** The machine is out of threads or memory: who stands no longer had better start anew. */
  private void broken() {
    synchronized (lock) {
      if (!isStanding()) {
        return;
      }
      state = State.LOST;
    }
    tellLost();
  }

  /** On this thread if there is no other: who does not stand must not stay. */
  private void tellLost() {
    boolean told = false;
    try {
      executor.execute(onLost);
      told = true;
    } finally {
      if (!told) {
        onLost.run();
      }
    }
  }

  private void failed(RuntimeException e) {
    boolean sooner =
        e instanceof PodIdentityException failure
            && failure.reason() == ErrorReason.CLUSTER_CONFLICT;
    boolean standing;
    synchronized (lock) {
      standing = isStanding();
    }
    String problem = String.valueOf(e.getMessage());
    // That another was sooner is no failure; nor is it one to be interrupted by the end.
    if (!sooner && standing && told.isNews(problem, Failures.status(e))) {
      log.warn("cannot get or renew the lease, trying on: {}", problem);
    }
  }

  private void releaseLocks() {
    synchronized (attempts) {
      locks.release();
    }
  }

  private Duration renewDeadline() {
    return settings.duration().dividedBy(2);
  }
}
