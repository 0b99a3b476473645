package io.podidentity.api.embed;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * A table of workloads: the addresses of each, and its identities. A workload need not be a pod.
 * Look-ups see one state of the whole table and take no lock. Thread-safe.
 */
public final class Workloads implements PodDirectory, BindingDirectory {
  private final Object lock = new Object();
  private final Wakes wakes = new Wakes();
  private final AtomicLong uids = new AtomicLong();
  private volatile WorkloadTable table = WorkloadTable.EMPTY;

  /** An empty table. */
  public Workloads() {}

  /**
   * Adds a workload, or replaces the one of that name by a new one: who waits as the old one gets
   * nothing.
   *
   * @param addresses from which it asks; an address that two workloads have is nobody's
   * @param identities those that it may have, of its own namespace; a request that names none gets
   *     one of them
   * @throws IllegalArgumentException if an identity is of another namespace, or another workload
   *     has one of the same name that says something else
   */
  public void put(
      NamespacedName name, Set<InetAddress> addresses, Collection<AzureIdentity> identities) {
    Pod pod =
        new Pod(
            name,
            "workload-" + uids.incrementAndGet(),
            null,
            Map.of(IdentityBinding.POD_LABEL, name.name()),
            addresses,
            PodPhase.RUNNING,
            false,
            false);
    change(table -> table.with(new WorkloadTable.Entry(pod, List.copyOf(identities))));
  }

  /** Removes a workload; no effect if there is none of that name. */
  public void remove(NamespacedName name) {
    requireNonNull(name, "name");
    change(table -> table.without(name));
  }

  private void change(UnaryOperator<WorkloadTable> edit) {
    WorkloadTable before;
    WorkloadTable after;
    synchronized (lock) {
      before = table;
      after = edit.apply(before);
      table = after;
    }
    wakes.call(before.keysThatDifferFrom(after));
  }

  @Override
  public List<Pod> byAddress(InetAddress address) {
    return table.byAddress(address);
  }

  @Override
  public Optional<Pod> byName(NamespacedName name) {
    return table.byName(name).map(WorkloadTable.Entry::pod);
  }

  @Override
  public Subscription onChange(InetAddress address, Runnable wake) {
    return wakes.add(address, wake);
  }

  @Override
  public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
    return wakes.add(pod, wake);
  }

  @Override
  public CompletableFuture<List<Pod>> list() {
    return CompletableFuture.completedFuture(table.pods());
  }

  @Override
  public List<IdentityBinding> bindings(String namespace, String selector) {
    return table.bindings(new NamespacedName(namespace, selector));
  }

  @Override
  public Optional<AzureIdentity> identity(NamespacedName name) {
    return table.identity(name);
  }

  @Override
  public Set<String> describedIds() {
    return table.managedIds();
  }
}
