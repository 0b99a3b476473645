package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one of several instances the leader, by a {@code Lease}. A leader that cannot renew it for
 * half its duration gives up; then nobody else has taken it yet. One that has given up does not
 * stand again. Thread-safe.
 */
public final class LeaseElection implements AutoCloseable {
  /** Where AAD Pod Identity v1 keeps its lock ({@code leader-election-namespace}). */
  public static final String DEFAULT_NAMESPACE = "default";

  /** What AAD Pod Identity v1 calls its lock ({@code leader-election-name}). */
  public static final String DEFAULT_NAME = "aad-pod-identity-mic";

  /** How long a lease lasts in AAD Pod Identity v1 ({@code leader-election-duration}). */
  public static final Duration DEFAULT_DURATION = Duration.ofSeconds(15);

  /**
   * Which lease, and who we are.
   *
   * @param namespace the lease's namespace; default {@value #DEFAULT_NAMESPACE}
   * @param name the lease's name; default {@value #DEFAULT_NAME}
   * @param identity our name, unlike that of any other instance: the pod's name
   * @param duration how long the lease lasts after the last renewal; default 15 s, at least 1 s,
   *     and written in whole seconds
   */
  public record Settings(String namespace, String name, String identity, Duration duration) {
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

  private static final Logger log = LoggerFactory.getLogger(LeaseElection.class);

  private final Settings settings;
  private final Clock clock;
  private final Executor executor;
  private final Runnable onStarted;
  private final Runnable onLost;
  private final KubernetesClient client;
  private final ObservedLeaseLock lock;
  private final LeaderElector elector;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private volatile @Nullable CompletableFuture<?> election;

  /**
   * An election that has not begun.
   *
   * @param connection may get and patch the lease, and create leases in its namespace; it stays the
   *     caller's to close
   * @param clock the system's: fabric8 reads that as well
   * @param executor where calls to the API server and the two callbacks run; two threads at least
   * @param onStarted called once, when this instance becomes the leader
   * @param onLost called once if it then is the leader no longer, but not because of {@link
   *     #close()}
   */
  public LeaseElection(
      KubernetesConnection connection,
      Settings settings,
      Clock clock,
      Executor executor,
      Runnable onStarted,
      Runnable onLost) {
    this(connection.client(), settings, clock, executor, onStarted, onLost);
  }

  LeaseElection(
      KubernetesClient client,
      Settings settings,
      Clock clock,
      Executor executor,
      Runnable onStarted,
      Runnable onLost) {
    this.settings = requireNonNull(settings, "settings");
    this.clock = requireNonNull(clock, "clock");
    this.executor = requireNonNull(executor, "executor");
    this.onStarted = requireNonNull(onStarted, "onStarted");
    this.onLost = requireNonNull(onLost, "onLost");
    // One attempt makes two calls, and may begin just before the deadline: with a sixth of the
    // duration for each it ends before the lease does, however the API server hangs.
    this.client =
        KubernetesClients.impatient(client, settings.duration().dividedBy(6), /* retries= */ 0);
    this.lock =
        new ObservedLeaseLock(
            settings.namespace(), settings.name(), settings.identity(), settings.duration(), clock);
    this.elector =
        new LeaderElector(
            this.client,
            new LeaderElectionConfig(
                lock,
                settings.duration(),
                renewDeadline(),
                settings.duration().dividedBy(4),
                new LeaderCallbacks(this::started, this::stopped, this::newLeader),
                // We release it ourselves, and only on purpose: whoever lost it may still be at
                // work.
                false,
                settings.name()),
            executor);
  }

  /** Begins to stand for election, and returns at once. To be called once. */
  public void start() {
    election = elector.start();
  }

  /**
   * Whether this instance is the leader, and has renewed its lease lately. After a halt of the
   * process it says no at once, before {@code onLost} is called: ask it before each step that only
   * a leader may take.
   */
  public boolean isLeader() {
    return state.get() == State.LEADING
        && clock.instant().isBefore(lock.renewed().plus(renewDeadline()));
  }

  /**
   * Stands no longer, and releases the lease if it is ours, so that another need not wait until it
   * runs out. Call it when all work that only a leader may do has ended.
   *
   * @return completes when that is done, or has failed
   */
  public CompletableFuture<Void> release() {
    State before = state.getAndUpdate(now -> now == State.LOST ? now : State.CLOSED);
    if (before == State.LOST || before == State.CLOSED) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.runAsync(
        () -> {
          CompletableFuture<?> running = election;
          if (running != null) {
            running.cancel(true);
          }
          if (before == State.LEADING) {
            releaseLease();
          }
        },
        executor);
  }

  /** As {@link #release()}, and waits for it, for half the lease's duration at most. */
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

  private void releaseLease() {
    try {
      lock.release(client);
      log.info("lease released: lease={} identity={}", settings.name(), settings.identity());
    } catch (RuntimeException e) {
      log.warn(
          "lease not released, it runs out by itself: lease={} problem={}",
          settings.name(),
          Failures.brief(e));
    }
  }

  private void started() {
    if (state.compareAndSet(State.WAITING, State.LEADING)) {
      executor.execute(onStarted);
    }
  }

  private void stopped() {
    if (state.compareAndSet(State.LEADING, State.LOST)) {
      executor.execute(onLost);
    }
  }

  private void newLeader(@Nullable String identity) {
    log.info("leader: lease={} leader={}", settings.name(), identity == null ? "none" : identity);
  }

  private Duration renewDeadline() {
    return settings.duration().dividedBy(2);
  }
}
