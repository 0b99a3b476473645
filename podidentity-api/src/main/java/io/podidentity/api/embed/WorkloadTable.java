package io.podidentity.api.embed;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One state of a table of workloads. Immutable. */
final class WorkloadTable {
  private final Map<NamespacedName, Entry> byName;
  private final Map<InetAddress, List<Pod>> byAddress = new HashMap<>();
  private final Map<NamespacedName, AzureIdentity> identities = new HashMap<>();
  private final Set<String> managedIds;

  /** A workload, and what it may have. */
  record Entry(Pod pod, List<AzureIdentity> identities) {
    /** Whether it has these addresses and these identities, in whatever order. */
    boolean says(Workload workload) {
      return pod.addresses().equals(workload.addresses())
          && Set.copyOf(identities).equals(Set.copyOf(workload.identities()));
    }
  }

  private WorkloadTable(Map<NamespacedName, Entry> byName) {
    this.byName = byName;
    byName.values().forEach(this::index);
    this.managedIds =
        identities.values().stream()
            .flatMap(identity -> identity.managedIds().stream())
            .collect(Collectors.toUnmodifiableSet());
  }

  static WorkloadTable empty() {
    return new WorkloadTable(Map.of());
  }

  private void index(Entry entry) {
    for (InetAddress address : entry.pod().addresses()) {
      byAddress.computeIfAbsent(address, key -> new ArrayList<>()).add(entry.pod());
    }
    for (AzureIdentity identity : entry.identities()) {
      String namespace = entry.pod().name().namespace();
      if (!identity.name().namespace().equals(namespace)) {
        throw new IllegalArgumentException(
            "workload %s cannot have identity %s of another namespace"
                .formatted(entry.pod().name(), identity.name()));
      }
      AzureIdentity other = identities.putIfAbsent(identity.name(), identity);
      if (other != null && !other.equals(identity)) {
        throw new IllegalArgumentException(
            "identity %s of workload %s says something else than that of another workload"
                .formatted(identity.name(), entry.pod().name()));
      }
    }
  }

  WorkloadTable with(List<Entry> entries) {
    Map<NamespacedName, Entry> edited = new HashMap<>(byName);
    Set<NamespacedName> names = new HashSet<>();
    for (Entry entry : entries) {
      NamespacedName name = entry.pod().name();
      if (!names.add(name)) {
        throw new IllegalArgumentException("two workloads are called " + name);
      }
      edited.put(name, entry);
    }
    return new WorkloadTable(edited);
  }

  WorkloadTable without(NamespacedName name) {
    Map<NamespacedName, Entry> edited = new HashMap<>(byName);
    edited.remove(name);
    return new WorkloadTable(edited);
  }

  Optional<Entry> byName(NamespacedName name) {
    return Optional.ofNullable(byName.get(name));
  }

  List<Pod> byAddress(InetAddress address) {
    return List.copyOf(byAddress.getOrDefault(address, List.of()));
  }

  List<Pod> pods() {
    return byName.values().stream().map(Entry::pod).toList();
  }

  /** A workload's label is its own name, so that a binding selects it and no other. */
  List<IdentityBinding> bindings(NamespacedName workload) {
    return byName(workload).map(Entry::identities).orElse(List.of()).stream()
        .map(identity -> new IdentityBinding(workload, identity.name().name(), workload.name()))
        .toList();
  }

  Optional<AzureIdentity> identity(NamespacedName name) {
    return Optional.ofNullable(identities.get(name));
  }

  Set<String> managedIds() {
    return managedIds;
  }

  /** The names and addresses of all workloads that are not the same in both. */
  Set<Object> keysThatDifferFrom(WorkloadTable other) {
    Set<Object> keys = new HashSet<>();
    addMissing(other, keys);
    other.addMissing(this, keys);
    return keys;
  }

  private void addMissing(WorkloadTable other, Set<Object> keys) {
    byName.forEach(
        (name, entry) -> {
          if (!entry.equals(other.byName.get(name))) {
            keys.add(name);
            keys.addAll(entry.pod().addresses());
          }
        });
  }
}
