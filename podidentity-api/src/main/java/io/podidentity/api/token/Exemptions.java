package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.matching.MicPods;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.api.spi.ReplicaSetDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Which pods are given the node's identities instead of what is bound to them, and how far.
 *
 * @param objects the {@code AzurePodIdentityException} objects
 * @param mic how MIC's own pods are recognised; null if they are not
 * @param anyIdentity whether pods that are exempt by an object may also be given an identity that
 *     is on the node for other pods, as in AAD Pod Identity v1; default false
 */
public record Exemptions(ExemptionDirectory objects, @Nullable Mic mic, boolean anyIdentity) {
  /** Refuses null but for MIC. */
  public Exemptions {
    requireNonNull(objects, "objects");
  }

  /** Those that objects make, and no others. */
  public static Exemptions of(ExemptionDirectory objects) {
    return new Exemptions(objects, null, false);
  }

  /** MIC's own pods: what they say about themselves, and who knows whether it is true. */
  public record Mic(MicPods pods, ReplicaSetDirectory replicaSets) {
    /** Refuses null. */
    public Mic {
      requireNonNull(pods, "pods");
      requireNonNull(replicaSets, "replicaSets");
    }
  }
}
