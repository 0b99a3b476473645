package io.podidentity.api.spi;

import io.podidentity.api.model.ClusterSnapshot;

/** The cluster as the reconciler sees it. Called by it, before each pass. Thread-safe. */
public interface ClusterView {
  /**
   * Takes one consistent picture; blocks no longer than copying takes. It should show what this
   * process itself has written already: a picture that lags behind costs calls that are in vain.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} while the
   *     first picture is not complete
   */
  ClusterSnapshot snapshot();

  /**
   * Calls back after any change that could alter a plan.
   *
   * @param nudge short, never blocking; may be called from any thread, and more often than needed
   */
  Subscription onChange(Runnable nudge);
}
