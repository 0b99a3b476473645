package io.podidentity.api.spi;

import io.podidentity.api.model.PodExemption;
import java.util.List;

/**
 * The pod exemptions of the cluster. Called by the token broker on the request's own thread: a
 * look-up in memory that neither blocks nor locks. Thread-safe.
 */
public interface ExemptionDirectory {
  /**
   * The exemptions of a namespace, in any order; empty if it has none.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} until it is
   *     known which there are
   */
  List<PodExemption> inNamespace(String namespace);
}
