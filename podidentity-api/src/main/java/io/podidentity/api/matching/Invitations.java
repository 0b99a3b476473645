package io.podidentity.api.matching;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which identities are for which pods, by label and namespace. Not thread-safe. */
final class Invitations {
  /** A binding with the identity that it names, for pods whose records are named in that form. */
  record Invitation(IdentityBinding binding, AzureIdentity identity, RecordNames names) {
    DesiredAssignment to(Pod pod, String nodeName, NamespacedName record) {
      return new DesiredAssignment(record, pod, nodeName, binding, identity);
    }
  }

  /** A binding with the identity that it names. */
  private record Offer(IdentityBinding binding, AzureIdentity identity) {}

  private final boolean forceNamespaced;
  private final Map<Key, List<Offer>> offers = new HashMap<>();
  // Many pods have the same label in the same namespace.
  private final Map<Key, List<Invitation>> invitations = new HashMap<>();

  /** None yet. */
  Invitations(boolean forceNamespaced) {
    this.forceNamespaced = forceNamespaced;
  }

  /** Of several bindings, in the order of their names. What cannot be used is passed over. */
  void add(IdentityBinding binding, AzureIdentity identity) {
    if (!(identity.credential() instanceof Credential.Unusable)) {
      String namespace =
          identity.isNamespaced(forceNamespaced) ? identity.name().namespace() : null;
      offers
          .computeIfAbsent(new Key(binding.selector(), namespace), key -> new ArrayList<>())
          .add(new Offer(binding, identity));
    }
  }

  /**
   * Those of a pod, in the order of the bindings' names. To be asked when all are added.
   *
   * @param label the value of its label
   */
  List<Invitation> of(NamespacedName pod, String label) {
    Key key = new Key(label, pod.namespace());
    // Not computeIfAbsent: it would make a lambda for each pod.
    List<Invitation> known = invitations.get(key);
    if (known == null) {
      known = offersTo(key).map(offer -> invitation(offer, pod)).toList();
      invitations.put(key, known);
    }
    return known;
  }

  private Invitation invitation(Offer offer, NamespacedName pod) {
    return new Invitation(
        offer.binding(), offer.identity(), new RecordNames(pod, offer.identity(), forceNamespaced));
  }

  /** What is open to all namespaces, and what to the pod's only. */
  private Stream<Offer> offersTo(Key pods) {
    List<Offer> toAll = offers.getOrDefault(new Key(pods.selector(), null), List.of());
    List<Offer> toTheirNamespace = offers.getOrDefault(pods, List.of());
    return Stream.concat(toAll.stream(), toTheirNamespace.stream())
        .sorted(Comparator.comparing(offer -> offer.binding().name()));
  }

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
