package io.podidentity.api.matching;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
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

  /** One join: the hash tables, and the result as it grows. */
  private final class Join {
    private final ClusterSnapshot snapshot;
    private final Map<Key, List<Offer>> offers = new HashMap<>();
    // Many pods have the same label in the same namespace.
    private final Map<Key, List<Offer>> offersByPod = new HashMap<>();
    // Linked: in the order in which it was made it is walked through in a half of the time.
    private final Map<NamespacedName, DesiredAssignment> desired;
    private final List<DesiredAssignment> losers = new ArrayList<>();
    private final Map<ObjectReference, String> problems = new LinkedHashMap<>();

    Join(ClusterSnapshot snapshot) {
      this.snapshot = snapshot;
      this.desired = new LinkedHashMap<>(snapshot.pods().size() * 4 / 3);
    }

    Matches run() {
      Map<NamespacedName, AzureIdentity> identities = new HashMap<>();
      snapshot.identities().forEach(identity -> identities.put(identity.name(), identity));
      snapshot.identities().stream()
          .sorted(Comparator.comparing(AzureIdentity::name))
          .forEach(this::reportUnusable);
      // v1 tries a pod's bindings by namespace and name.
      snapshot.bindings().stream()
          .sorted(Comparator.comparing(IdentityBinding::name))
          .forEach(binding -> offer(binding, identityOf(binding, identities)));
      snapshot.pods().forEach(pod -> matchPod(pod, pod.nodeName()));
      losers.stream().sorted(Matches.ORDER).forEach(this::reportConflict);
      return new Matches(desired, problems);
    }

    private void reportUnusable(AzureIdentity identity) {
      if (identity.credential() instanceof Credential.Unusable unusable) {
        problems.put(ObjectReference.to(identity), unusable.problem());
      }
    }

    private void offer(IdentityBinding binding, @Nullable AzureIdentity identity) {
      if (identity != null && !(identity.credential() instanceof Credential.Unusable)) {
        String namespace =
            identity.isNamespaced(forceNamespaced) ? identity.name().namespace() : null;
        offers
            .computeIfAbsent(new Key(binding.selector(), namespace), key -> new ArrayList<>())
            .add(new Offer(binding, identity));
      }
    }

    private void matchPod(Pod pod, @Nullable String nodeName) {
      if (nodeName == null || pod.bindingLabel().isEmpty() || pod.phase().isTerminal()) {
        return;
      }
      for (Offer offer : offersTo(pod)) {
        NamespacedName record =
            DesiredAssignment.recordName(pod.name(), offer.identity(), forceNamespaced);
        DesiredAssignment wanted =
            new DesiredAssignment(record, pod, nodeName, offer.binding(), offer.identity());
        DesiredAssignment other = desired.putIfAbsent(record, wanted);
        if (other != null) {
          settle(other, wanted);
        }
      }
    }

    /** What is open to all namespaces, and what to the pod's only, in the order of the bindings. */
    private List<Offer> offersTo(Pod pod) {
      return offersByPod.computeIfAbsent(
          new Key(pod.bindingLabel(), pod.name().namespace()), key -> join(pod));
    }

    private List<Offer> join(Pod pod) {
      List<Offer> toAll = offers.getOrDefault(new Key(pod.bindingLabel(), null), List.of());
      List<Offer> toItsNamespace =
          offers.getOrDefault(new Key(pod.bindingLabel(), pod.name().namespace()), List.of());
      if (toAll.isEmpty() || toItsNamespace.isEmpty()) {
        return toAll.isEmpty() ? toItsNamespace : toAll;
      }
      return Stream.concat(toAll.stream(), toItsNamespace.stream())
          .sorted(Comparator.comparing(offer -> offer.binding().name()))
          .toList();
    }

    /** Two identities of one name give one record name: the first binding wins, as in v1. */
    private void settle(DesiredAssignment one, DesiredAssignment other) {
      boolean stays = Matches.ORDER.compare(one, other) < 0;
      desired.put(one.record(), stays ? one : other);
      losers.add(stays ? other : one);
    }

    private void reportConflict(DesiredAssignment second) {
      DesiredAssignment first = requireNonNull(desired.get(second.record()));
      String problem;
      if (!first.pod().equals(second.pod())) {
        problem =
            ("pod %s gets nothing through this AzureIdentityBinding: its record would be %s, which"
                    + " stands for pod %s; rename one of the pods")
                .formatted(second.pod().name(), second.record(), first.pod().name());
      } else if (!first.identity().equals(second.identity())) {
        problem =
            ("AzureIdentity %s has the name of %s, and pods that get that one cannot have it too;"
                    + " rename one of them")
                .formatted(second.identity().name(), first.identity().name());
      } else {
        return;
      }
      problems.putIfAbsent(ObjectReference.to(second.binding()), problem);
    }

    private static @Nullable AzureIdentity identityOf(
        IdentityBinding binding, Map<NamespacedName, AzureIdentity> identities) {
      return binding.azureIdentity().isEmpty()
          ? null
          : identities.get(new NamespacedName(binding.name().namespace(), binding.azureIdentity()));
    }
  }

  /** A binding with the identity that it names. */
  private record Offer(IdentityBinding binding, AzureIdentity identity) {}

  /**
   * To which pods something is offered.
   *
   * @param selector the label value that they carry
   * @param namespace the only one whose pods may have it; null if all may
   */
  private record Key(String selector, @Nullable String namespace) {
    // Once for each pod; see NamespacedName.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that
          && selector.equals(that.selector)
          && Objects.equals(namespace, that.namespace);
    }

    @Override
    public int hashCode() {
      return 31 * selector.hashCode() + Objects.hashCode(namespace);
    }
  }
}
