package io.podidentity.testkit;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in memory: all ports towards Kubernetes, over objects that a test puts and deletes. It
 * passes the same contract tests as the adapter for a real one. As a directory it shows the pods
 * and records of every node. Callbacks run on the thread that makes the change, after it is made.
 * Thread-safe; look-ups take no lock.
 */
public final class InMemoryCluster
    implements PodDirectory, AssignmentDirectory, ExemptionDirectory, ClusterView, AssignmentStore {
  private final Object lock = new Object();
  private final Shelf<NamespacedName, Pod, InetAddress> pods = new Shelf<>(Pod::addresses);
  private final Shelf<NamespacedName, AzureIdentity, NamespacedName> identities = unindexed();
  private final Shelf<NamespacedName, IdentityBinding, NamespacedName> bindings = unindexed();
  private final Shelf<String, Node, String> nodes = unindexed();
  private final Shelf<NamespacedName, PodExemption, String> exemptions =
      new Shelf<>(exemption -> List.of(exemption.name().namespace()));
  private final Shelf<NamespacedName, AssignedIdentity, NamespacedName> records =
      new Shelf<>(record -> List.of(record.pod()));
  private final Listeners<InetAddress> addressListeners = new Listeners<>();
  private final Listeners<NamespacedName> podListeners = new Listeners<>();
  private final Listeners<Boolean> clusterListeners = new Listeners<>();
  // Guarded by lock.
  private long version;
  private volatile @Nullable PodIdentityException writeError;

  /** An empty cluster. */
  public InMemoryCluster() {}

  /** Creates or replaces a pod. */
  public void putPod(Pod pod) {
    podChanged(locked(() -> pods.put(pod.name(), pod)), pod);
  }

  /** Deletes a pod, at once; no effect if there is none. */
  public void deletePod(NamespacedName name) {
    podChanged(locked(() -> pods.remove(name)), null);
  }

  /** Creates or replaces an identity. */
  public void putIdentity(AzureIdentity identity) {
    changed(locked(() -> identities.put(identity.name(), identity)), identity);
  }

  /** Deletes an identity; no effect if there is none. */
  public void deleteIdentity(NamespacedName name) {
    changed(locked(() -> identities.remove(name)), null);
  }

  /** Creates or replaces a binding. */
  public void putBinding(IdentityBinding binding) {
    changed(locked(() -> bindings.put(binding.name(), binding)), binding);
  }

  /** Deletes a binding; no effect if there is none. */
  public void deleteBinding(NamespacedName name) {
    changed(locked(() -> bindings.remove(name)), null);
  }

  /** Creates or replaces a node. */
  public void putNode(Node node) {
    changed(locked(() -> nodes.put(node.name(), node)), node);
  }

  /** Deletes a node, and not its pods; no effect if there is none. */
  public void deleteNode(String name) {
    changed(locked(() -> nodes.remove(name)), null);
  }

  /** Creates or replaces an exemption. */
  public void putExemption(PodExemption exemption) {
    locked(() -> exemptions.put(exemption.name(), exemption));
  }

  /** Deletes an exemption; no effect if there is none. */
  public void deleteExemption(NamespacedName name) {
    locked(() -> exemptions.remove(name));
  }

  /** Creates or replaces a record as it is, without the store's checks. */
  public void putRecord(AssignedIdentity record) {
    recordChanged(locked(() -> records.put(record.name(), record)), record);
  }

  /** Deletes a record as if someone else had; no effect if there is none. */
  public void deleteRecord(NamespacedName name) {
    recordChanged(locked(() -> records.remove(name)), null);
  }

  /** The record of that name. */
  public Optional<AssignedIdentity> record(NamespacedName name) {
    return Optional.ofNullable(records.get(name));
  }

  /** All records, in any order. */
  public List<AssignedIdentity> records() {
    return records.all();
  }

  /** Makes every call of the store fail with this error and change nothing; null ends that. */
  public void failWrites(@Nullable PodIdentityException error) {
    writeError = error;
  }

  @Override
  public List<Pod> byAddress(InetAddress address) {
    return pods.with(address);
  }

  @Override
  public Optional<Pod> byName(NamespacedName name) {
    return Optional.ofNullable(pods.get(name));
  }

  @Override
  public Subscription onChange(InetAddress address, Runnable wake) {
    return addressListeners.add(address, wake);
  }

  @Override
  public List<AssignedIdentity> forPod(NamespacedName pod) {
    return records.with(pod);
  }

  @Override
  public Subscription onChange(NamespacedName pod, Runnable wake) {
    return podListeners.add(pod, wake);
  }

  @Override
  public List<PodExemption> inNamespace(String namespace) {
    return exemptions.with(namespace);
  }

  @Override
  public ClusterSnapshot snapshot() {
    synchronized (lock) {
      return new ClusterSnapshot(
          pods.all(), identities.all(), bindings.all(), records.all(), nodes.all());
    }
  }

  @Override
  public Subscription onChange(Runnable nudge) {
    return clusterListeners.add(Boolean.TRUE, nudge);
  }

  @Override
  public AssignedIdentity create(DesiredAssignment desired) {
    AssignedIdentity stored;
    synchronized (lock) {
      checkWritable();
      AssignedIdentity existing = records.get(desired.record());
      if (existing != null) {
        if (existing.terminating() || !existing.describes(desired)) {
          throw conflict(desired.record(), "it exists and says something else");
        }
        return existing;
      }
      stored = recordOf(desired, "record-" + (version + 1), AssignmentState.CREATED);
      records.put(stored.name(), stored);
    }
    recordChanged(null, stored);
    return stored;
  }

  @Override
  public AssignedIdentity replace(
      AssignedIdentity existing, DesiredAssignment desired, AssignmentState state) {
    AssignedIdentity current;
    AssignedIdentity stored;
    synchronized (lock) {
      checkWritable();
      current = read(existing);
      if (current.describes(desired) && current.state() == state) {
        return current;
      }
      if (!current.resourceVersion().equals(existing.resourceVersion())) {
        throw conflict(existing.name(), "another has changed it");
      }
      stored = recordOf(desired, current.uid(), state);
      records.put(stored.name(), stored);
    }
    recordChanged(current, stored);
    return stored;
  }

  @Override
  public void setState(AssignedIdentity existing, AssignmentState state) {
    AssignedIdentity current;
    AssignedIdentity stored;
    synchronized (lock) {
      checkWritable();
      current = read(existing);
      stored = current.state() == state ? current : withState(current, state);
      records.put(stored.name(), stored);
    }
    recordChanged(current, stored);
  }

  @Override
  public void delete(AssignedIdentity existing) {
    AssignedIdentity current;
    synchronized (lock) {
      checkWritable();
      current = records.get(existing.name());
      if (current == null || !current.uid().equals(existing.uid())) {
        return;
      }
      records.remove(existing.name());
    }
    recordChanged(current, null);
  }

  private AssignedIdentity read(AssignedIdentity existing) {
    AssignedIdentity current = records.get(existing.name());
    if (current == null || !current.uid().equals(existing.uid())) {
      throw conflict(existing.name(), current == null ? "it is gone" : "another took its place");
    }
    return current;
  }

  private AssignedIdentity recordOf(DesiredAssignment desired, String uid, AssignmentState state) {
    return new AssignedIdentity(
        desired.record(),
        uid,
        String.valueOf(++version),
        desired.pod().name(),
        desired.pod().uid(),
        desired.nodeName(),
        desired.identity(),
        desired.binding(),
        state,
        false);
  }

  private AssignedIdentity withState(AssignedIdentity record, AssignmentState state) {
    return new AssignedIdentity(
        record.name(),
        record.uid(),
        String.valueOf(++version),
        record.pod(),
        record.podUid(),
        record.nodeName(),
        record.identity(),
        record.binding(),
        state,
        record.terminating());
  }

  private void checkWritable() {
    PodIdentityException error = writeError;
    if (error != null) {
      throw error;
    }
  }

  private static PodIdentityException conflict(NamespacedName record, String problem) {
    return new PodIdentityException(
        ErrorReason.CLUSTER_CONFLICT,
        "writing AzureAssignedIdentity %s: %s; the next pass looks again"
            .formatted(record, problem));
  }

  private void podChanged(@Nullable Pod old, @Nullable Pod now) {
    if (!Objects.equals(old, now)) {
      Set<InetAddress> addresses = new HashSet<>(old == null ? Set.of() : old.addresses());
      addresses.addAll(now == null ? Set.of() : now.addresses());
      addresses.forEach(addressListeners::call);
    }
    changed(old, now);
  }

  private void recordChanged(@Nullable AssignedIdentity old, @Nullable AssignedIdentity now) {
    if (!Objects.equals(old, now)) {
      Set<NamespacedName> names = new HashSet<>();
      if (old != null) {
        names.add(old.pod());
      }
      if (now != null) {
        names.add(now.pod());
      }
      names.forEach(podListeners::call);
    }
    changed(old, now);
  }

  private void changed(@Nullable Object old, @Nullable Object now) {
    if (!Objects.equals(old, now)) {
      clusterListeners.call(Boolean.TRUE);
    }
  }

  private <T> @Nullable T locked(Supplier<@Nullable T> change) {
    synchronized (lock) {
      return change.get();
    }
  }

  private static <N, V, K> Shelf<N, V, K> unindexed() {
    return new Shelf<>(value -> List.of());
  }
}
