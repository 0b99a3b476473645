package io.podidentity.example.exemptions;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.PodExemption;
import io.podidentity.api.spi.ExemptionDirectory;
import java.util.List;
import java.util.function.Predicate;

/**
 * Lets exemptions count only where a policy agrees, and tells an audit trail. It can take away what
 * the directory behind it gives, and never adds. Thread-safe, if its parts are.
 */
// snippet: decorator
public final class PolicedExemptions implements ExemptionDirectory {
  private final ExemptionDirectory exemptions;
  private final Predicate<String> policy;
  private final AuditTrail trail;

  /**
   * A policy around a directory.
   *
   * @param policy whether the exemptions of that namespace count now; asked on the request's
   *     thread, so it must neither block nor lock
   */
  public PolicedExemptions(
      ExemptionDirectory exemptions, Predicate<String> policy, AuditTrail trail) {
    this.exemptions = requireNonNull(exemptions, "exemptions");
    this.policy = requireNonNull(policy, "policy");
    this.trail = requireNonNull(trail, "trail");
  }

  @Override
  public List<PodExemption> inNamespace(String namespace) {
    // Where the directory cannot say, it throws, and so does this: no answer is no exemption.
    List<PodExemption> found = exemptions.inNamespace(namespace);
    if (found.isEmpty()) {
      return found;
    }
    boolean allowed = policy.test(namespace);
    trail.exemptionsAsked(namespace, allowed);
    return allowed ? found : List.of();
  }
}
// end
