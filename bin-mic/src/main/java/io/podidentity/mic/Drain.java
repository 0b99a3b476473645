package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mic drain} does: it takes off the machines what MIC put there, and deletes the
 * records. It is what a MIC does that sees no pod, and so waits for the lease like any other: two
 * never write at once.
 */
final class Drain {
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile @Nullable List<AssignedIdentity> left;

  /** The cluster as it would be without pods: nothing is desired there. */
  ClusterView of(ClusterView cluster) {
    return new ClusterView() {
      @Override
      public ClusterSnapshot snapshot() {
        ClusterSnapshot all = cluster.snapshot();
        left = all.records();
        if (all.records().isEmpty()) {
          done.complete(null);
        }
        return new ClusterSnapshot(
            List.of(), all.identities(), all.bindings(), all.records(), all.nodes(), all.now());
      }

      @Override
      public Subscription onChange(Runnable nudge) {
        return cluster.onChange(nudge);
      }
    };
  }

  /**
   * Waits until no record is left.
   *
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if some are left after that time,
   *     or nobody could look
   */
  void await(Duration atMost) throws InterruptedException {
    try {
      done.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      List<AssignedIdentity> seen = left;
      // The last one may have gone at this very moment.
      if (seen == null || !seen.isEmpty()) {
        throw new PodIdentityException(
            ErrorReason.CLUSTER_UNAVAILABLE,
            "not drained within %s s: %s".formatted(atMost.toSeconds(), inTheWay(seen)),
            e);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("it does not fail", e);
    }
  }

  private static String inTheWay(@Nullable List<AssignedIdentity> seen) {
    if (seen == null) {
      return "another MIC leads, or the cluster does not answer; scale MIC's Deployment to 0, and"
          + " look at the log";
    }
    return "%d records are left, %s among them; the log says why"
        .formatted(seen.size(), seen.get(0).name());
  }
}
