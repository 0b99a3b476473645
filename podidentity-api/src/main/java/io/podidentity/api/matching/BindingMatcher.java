package io.podidentity.api.matching;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins pods, bindings and identities as AAD Pod Identity v1's MIC does: a binding matches a pod
 * whose label equals its selector, in any namespace unless namespaced, and names an identity of its
 * own namespace. Linear in the size of the snapshot and of the result.
 */
public final class BindingMatcher {
  private final boolean forceNamespaced;

  /**
   * A matcher for a cluster.
   *
   * @param forceNamespaced whether pod, binding and identity must share a namespace, always
   */
  public BindingMatcher(boolean forceNamespaced) {
    this.forceNamespaced = forceNamespaced;
  }

  /** Everything that is desired, in an order that does not depend on the snapshot's. */
  public Matches match(ClusterSnapshot snapshot) {
    return new Join(snapshot).run();
  }

  /** One join: the two hash tables, and the result as it grows. */
  private final class Join {
    private final ClusterSnapshot snapshot;
    private final Map<NamespacedName, AzureIdentity> identities = new HashMap<>();
    private final Map<String, List<IdentityBinding>> bindingsBySelector = new HashMap<>();
    private final Map<NamespacedName, DesiredAssignment> desired = new LinkedHashMap<>();
    private final Map<NamespacedName, String> problems = new LinkedHashMap<>();

    Join(ClusterSnapshot snapshot) {
      this.snapshot = snapshot;
    }

    Matches run() {
      snapshot.identities().forEach(identity -> identities.put(identity.name(), identity));
      snapshot.identities().stream()
          .sorted(Comparator.comparing(AzureIdentity::name))
          .forEach(this::reportUnusable);
      // v1 tries a pod's bindings by namespace and name.
      snapshot.bindings().stream()
          .sorted(Comparator.comparing(IdentityBinding::name))
          .forEach(
              binding ->
                  bindingsBySelector
                      .computeIfAbsent(binding.selector(), selector -> new ArrayList<>())
                      .add(binding));
      snapshot.pods().stream()
          .sorted(Comparator.comparing(Pod::name))
          .forEach(pod -> matchPod(pod, pod.nodeName()));
      return new Matches(List.copyOf(desired.values()), problems);
    }

    private void reportUnusable(AzureIdentity identity) {
      if (identity.credential() instanceof Credential.Unusable unusable) {
        problems.put(identity.name(), unusable.problem());
      }
    }

    private void matchPod(Pod pod, @Nullable String nodeName) {
      if (nodeName == null || pod.bindingLabel().isEmpty() || pod.phase().isTerminal()) {
        return;
      }
      for (IdentityBinding binding :
          bindingsBySelector.getOrDefault(pod.bindingLabel(), List.of())) {
        AzureIdentity identity = identityOf(binding);
        if (identity == null
            || identity.credential() instanceof Credential.Unusable
            || !isOpen(identity, pod)) {
          continue;
        }
        NamespacedName record = DesiredAssignment.recordName(pod.name(), identity, forceNamespaced);
        // Two identities of one name give one record name: the first binding wins, as in v1.
        DesiredAssignment first =
            desired.putIfAbsent(
                record, new DesiredAssignment(record, pod, nodeName, binding, identity));
        if (first != null && !isSame(first, pod, identity)) {
          problems.put(
              binding.name(),
              "the record %s stands for pod %s and identity %s already; rename one of the identities"
                  .formatted(record, first.pod().name(), first.identity().name()));
        }
      }
    }

    private static boolean isSame(DesiredAssignment first, Pod pod, AzureIdentity identity) {
      return first.pod().equals(pod) && first.identity().name().equals(identity.name());
    }

    private @Nullable AzureIdentity identityOf(IdentityBinding binding) {
      return binding.azureIdentity().isEmpty()
          ? null
          : identities.get(new NamespacedName(binding.name().namespace(), binding.azureIdentity()));
    }

    /** Binding and identity share a namespace already, so two of the three decide. */
    private boolean isOpen(AzureIdentity identity, Pod pod) {
      return identity.isOpenTo(pod.name().namespace(), forceNamespaced);
    }
  }
}
