package io.podidentity.api.spi;

import io.podidentity.api.model.NamespacedName;
import java.util.concurrent.CompletableFuture;

/**
 * Knows which ReplicaSets there are. Called by the token broker on the request's own thread,
 * seldom; must not block. Thread-safe.
 */
public interface ReplicaSetDirectory {
  /**
   * Whether the ReplicaSet of that name is there, has that UID and is not being deleted.
   *
   * @return completed within seconds by any thread, also with an error: a {@link
   *     io.podidentity.api.PodIdentityException} with {@code CLUSTER_UNAVAILABLE} if nobody answers
   */
  CompletableFuture<Boolean> isLive(NamespacedName name, String uid);
}
