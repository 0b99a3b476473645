package io.podidentity.testkit;

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
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.ReplicaSetDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in memory: all ports towards Kubernetes, over objects that a test puts and deletes. It
 * passes the same contract tests as the adapter for a real one. As a directory it shows the pods
 * and records of every node. Callbacks run on the thread that makes the change, after it is made.
 * Thread-safe; look-ups take no lock.
 */
public final class InMemoryCluster
    implements PodDirectory,
        AssignmentDirectory,
        BindingDirectory,
        ExemptionDirectory,
        ReplicaSetDirectory,
        ClusterView,
        AssignmentStore {
  private static final Object ANY = new Object();

  private final Clock clock;
  private final Object lock = new Object();
  private final Listeners<Object> nudges = new Listeners<>();
  private final Shelf<NamespacedName, Pod, Object> pods =
      new Shelf<>(lock, InMemoryCluster::keys, this::nudge);
  private final Shelf<NamespacedName, AzureIdentity, Object> identities =
      new Shelf<>(lock, identity -> Set.of(), this::nudge);
  private final Shelf<NamespacedName, IdentityBinding, Object> bindings =
      new Shelf<>(
          lock,
          binding -> Set.of(key(binding.name().namespace(), binding.selector())),
          this::nudge);
  private final Shelf<String, Node, Object> nodes =
      new Shelf<>(lock, node -> Set.of(), this::nudge);
  private final Shelf<NamespacedName, PodExemption, String> exemptions =
      new Shelf<>(lock, exemption -> Set.of(exemption.name().namespace()), () -> {});
  private final RecordShelf store = new RecordShelf(lock, this::nudge);
  private final Map<NamespacedName, String> replicaSets = new ConcurrentHashMap<>();
  private volatile @Nullable PodIdentityException listError;

  /** An empty cluster in which time passes as it does. */
  public InMemoryCluster() {
    this(Clock.systemUTC());
  }

  /** An empty cluster in which it is as late as the clock says. */
  public InMemoryCluster(Clock clock) {
    this.clock = clock;
  }

  /** Creates or replaces a pod. */
  public void putPod(Pod pod) {
    pods.put(pod.name(), pod);
  }

  /** Deletes a pod, at once; no effect if there is none. */
  public void deletePod(NamespacedName name) {
    pods.remove(name);
  }

  /** Creates or replaces an identity. */
  public void putIdentity(AzureIdentity identity) {
    identities.put(identity.name(), identity);
  }

  /** Deletes an identity; no effect if there is none. */
  public void deleteIdentity(NamespacedName name) {
    identities.remove(name);
  }

  /** Creates or replaces a binding. */
  public void putBinding(IdentityBinding binding) {
    bindings.put(binding.name(), binding);
  }

  /** Deletes a binding; no effect if there is none. */
  public void deleteBinding(NamespacedName name) {
    bindings.remove(name);
  }

  /** Creates or replaces a node. */
  public void putNode(Node node) {
    nodes.put(node.name(), node);
  }

  /** Deletes a node, and not its pods; no effect if there is none. */
  public void deleteNode(String name) {
    nodes.remove(name);
  }

  /** Creates or replaces an exemption. */
  public void putExemption(PodExemption exemption) {
    exemptions.put(exemption.name(), exemption);
  }

  /** Deletes an exemption; no effect if there is none. */
  public void deleteExemption(NamespacedName name) {
    exemptions.remove(name);
  }

  /** Creates or replaces a ReplicaSet. */
  public void putReplicaSet(NamespacedName name, String uid) {
    replicaSets.put(name, uid);
  }

  /** Deletes a ReplicaSet; no effect if there is none. */
  public void deleteReplicaSet(NamespacedName name) {
    replicaSets.remove(name);
  }

  /** Creates or replaces a record as it is, as someone else may, without the store's checks. */
  public void putRecord(AssignedIdentity record) {
    store.records.put(record.name(), record);
  }

  /** Deletes a record as someone else may; no effect if there is none. */
  public void deleteRecord(NamespacedName name) {
    store.records.remove(name);
  }

  /** The record of that name. */
  public Optional<AssignedIdentity> record(NamespacedName name) {
    return Optional.ofNullable(store.records.get(name));
  }

  /** All records, in any order. */
  public List<AssignedIdentity> records() {
    return store.records.all();
  }

  /** Makes every call of the store fail with this error and change nothing; null ends that. */
  public void failWrites(@Nullable PodIdentityException error) {
    store.failWrites(error);
  }

  /**
   * Makes {@link #list()} and {@link #isLive} fail with this error, as without an API server; null
   * ends that.
   */
  public void failLists(@Nullable PodIdentityException error) {
    listError = error;
  }

  /** How many wait for a pod or for a record, as requests do. */
  public int waiting() {
    return pods.subscriptions() + store.records.subscriptions();
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
    return pods.onChange(address, wake);
  }

  @Override
  public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
    return pods.onChange(pod, wake);
  }

  @Override
  public CompletableFuture<List<Pod>> list() {
    PodIdentityException error = listError;
    return error == null
        ? CompletableFuture.completedFuture(pods.all())
        : CompletableFuture.failedFuture(error);
  }

  @Override
  public List<AssignedIdentity> forPod(NamespacedName pod) {
    return store.records.with(pod);
  }

  @Override
  public Set<String> recordedIds() {
    return managedIds(store.records.all().stream().map(AssignedIdentity::identity));
  }

  @Override
  public Subscription onChange(NamespacedName pod, Runnable wake) {
    return store.records.onChange(pod, wake);
  }

  @Override
  public List<IdentityBinding> bindings(String namespace, String selector) {
    return bindings.with(key(namespace, selector));
  }

  @Override
  public Set<String> describedIds() {
    return managedIds(identities.all().stream());
  }

  private static Set<String> managedIds(Stream<AzureIdentity> identities) {
    return identities
        .flatMap(identity -> identity.managedIds().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Optional<AzureIdentity> identity(NamespacedName name) {
    return Optional.ofNullable(identities.get(name));
  }

  @Override
  public List<PodExemption> inNamespace(String namespace) {
    return exemptions.with(namespace);
  }

  @Override
  public CompletableFuture<Boolean> isLive(NamespacedName name, String uid) {
    PodIdentityException error = listError;
    return error == null
        ? CompletableFuture.completedFuture(uid.equals(replicaSets.get(name)))
        : CompletableFuture.failedFuture(error);
  }

  @Override
  public ClusterSnapshot snapshot() {
    synchronized (lock) {
      return new ClusterSnapshot(
          pods.all(),
          identities.all(),
          bindings.all(),
          store.records.all(),
          nodes.all(),
          clock.instant());
    }
  }

  @Override
  public Subscription onChange(Runnable nudge) {
    return nudges.add(ANY, nudge);
  }

  @Override
  public AssignedIdentity create(
      DesiredAssignment desired, AssignmentState state, Provenance provenance) {
    return store.create(desired, state, provenance);
  }

  @Override
  public AssignedIdentity replace(
      AssignedIdentity existing,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance) {
    return store.replace(existing, desired, state, provenance);
  }

  @Override
  public AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    return store.setState(existing, state, provenance);
  }

  @Override
  public void delete(AssignedIdentity existing) {
    store.delete(existing);
  }

  private static Object key(String namespace, String selector) {
    return List.of(namespace, selector);
  }

  private static Set<Object> keys(Pod pod) {
    Set<Object> keys = new HashSet<>(pod.addresses());
    keys.add(pod.name());
    return keys;
  }

  private void nudge() {
    nudges.call(ANY);
  }
}
