package io.podidentity.api.assignment;

import io.podidentity.api.fixture.CallLog;
import io.podidentity.api.fixture.InMemoryCluster;
import io.podidentity.api.fixture.SlowAzure;
import io.podidentity.api.fixture.Turns;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * One process of MIC in a {@link RandomWorld}: before and after each of its calls others may be.
 */
final class RandomMic {
  // Without chance that is not the world's.
  private static final RetryPolicy QUARANTINE =
      new RetryPolicy(Duration.ofSeconds(10), Duration.ofMinutes(10));

  private final Turns turns = new Turns();
  private final Reconciler reconciler;

  /** Starts it. */
  RandomMic(
      InMemoryCluster cluster,
      SlowAzure azure,
      AssignmentPlanner planner,
      Timer timer,
      Clock clock,
      DoubleSupplier chance) {
    reconciler =
        new Reconciler(
            new View(cluster),
            planner,
            new TargetApplier(
                new Store(cluster),
                azure.seenBy(turns),
                Telemetry.NOOP,
                turns.helpers(),
                new ApplierOptions(3, 200, QUARANTINE),
                clock),
            new Reports(azure, turns),
            turns,
            timer,
            new ReconcilePace(
                Duration.ofHours(1),
                Duration.ofSeconds(1),
                Duration.ofMinutes(3),
                new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(2))),
            chance);
    reconciler.start();
  }

  Turns turns() {
    return turns;
  }

  /** What it has not done yet it never does. */
  void kill() {
    reconciler.close();
    turns.kill();
  }

  private <T> T call(Supplier<T> made) {
    turns.pause();
    T result = made.get();
    turns.pause();
    return result;
  }

  /** Passes fail as they are made to, and no other way. */
  private record Reports(SlowAzure azure, Turns turns) implements Telemetry {
    @Override
    public void targetWorked(Duration took) {
      azure.runEnds();
    }

    @Override
    public void passFailed(RuntimeException error) {
      boolean made = error instanceof CallLog.Killed || error.getCause() instanceof CallLog.Killed;
      if (!made) {
        turns.fail(new AssertionError("failed otherwise than it was made to", error));
      }
    }
  }

  /** A picture may be old when the plan is made of it. */
  private final class View implements ClusterView {
    private final ClusterView cluster;

    View(ClusterView cluster) {
      this.cluster = cluster;
    }

    @Override
    public ClusterSnapshot snapshot() {
      return call(cluster::snapshot);
    }

    @Override
    public Subscription onChange(Runnable nudge) {
      return cluster.onChange(nudge);
    }
  }

  private final class Store implements AssignmentStore {
    private final AssignmentStore cluster;

    Store(AssignmentStore cluster) {
      this.cluster = cluster;
    }

    @Override
    public AssignedIdentity create(
        DesiredAssignment desired, AssignmentState state, Provenance provenance) {
      return call(() -> cluster.create(desired, state, provenance));
    }

    @Override
    public AssignedIdentity replace(
        AssignedIdentity existing,
        DesiredAssignment desired,
        AssignmentState state,
        Provenance provenance) {
      return call(() -> cluster.replace(existing, desired, state, provenance));
    }

    @Override
    public AssignedIdentity setState(
        AssignedIdentity existing, AssignmentState state, Provenance provenance) {
      return call(() -> cluster.setState(existing, state, provenance));
    }

    @Override
    public void delete(AssignedIdentity existing) {
      turns.pause();
      cluster.delete(existing);
      turns.pause();
    }
  }
}
