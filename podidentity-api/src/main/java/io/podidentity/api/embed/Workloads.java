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
 * Look-ups see one state of the whole table and take no lock; a change takes time for each workload
 * that there is. Thread-safe.
 */
public final class Workloads implements PodDirectory, BindingDirectory {
  private final Object lock = new Object();
  private final Wakes wakes = new Wakes();
  private final AtomicLong uids = new AtomicLong();
  private volatile WorkloadTable table = WorkloadTable.empty();

  /** An empty table. */
  public Workloads() {}

  /**
   * Adds a workload, or replaces the one of that name by a new one, which has another UID: who
   * waits as the old one gets nothing. One with the same addresses and the same identities is not
   * replaced, and its requests under way go on. If it is another all the same, and what the old one
   * asked for is not to be answered, {@link #remove} that first.
   *
   * @param addresses from which it asks; an address that two workloads have is nobody's
   * @param identities those that it may have, of its own namespace; a request that names none gets
   *     one of them
   * @throws IllegalArgumentException if an identity is of another namespace, or another workload
   *     has one of the same name that says something else
   */
  public void put(
      NamespacedName name, Set<InetAddress> addresses, Collection<AzureIdentity> identities) {
    putAll(List.of(new Workload(name, addresses, identities)));
  }

  /**
   * Adds or replaces several workloads at once, each as {@link #put} does; look-ups see all of that
   * or nothing. This is how an identity is changed that several have, and how a large table is
   * filled: each call makes the whole table anew. A host that has a list of its workloads may put
   * all of it as often as it likes, and remove those that are no longer in it.
   *
   * @throws IllegalArgumentException as of {@link #put}, or if two have one name; nothing is
   *     changed then
   */
  public void putAll(Collection<Workload> workloads) {
    List<Workload> given = List.copyOf(workloads);
    change(before -> before.with(given.stream().map(one -> entry(one, before)).toList()));
  }

  /**
   * The one that there is, if nothing differs. That is safe though a successor of the same name may
   * have been meant: a request under way asked from an address that is the successor's too, and is
   * looked at again before it is answered, so it gets no token that the successor could not ask for
   * there. With another address or identity it would be an heir: one may ask from where the other
   * did, or have waited for what only the other was given.
   */
  private WorkloadTable.Entry entry(Workload workload, WorkloadTable before) {
    return before
        .byName(workload.name())
        .filter(entry -> entry.says(workload))
        .orElseGet(() -> newEntry(workload));
  }

  private WorkloadTable.Entry newEntry(Workload workload) {
    Pod pod =
        new Pod(
            workload.name(),
            "workload-" + uids.incrementAndGet(),
            null,
            Map.of(IdentityBinding.POD_LABEL, workload.name().name()),
            workload.addresses(),
            PodPhase.RUNNING,
            false,
            false);
    return new WorkloadTable.Entry(pod, List.copyOf(workload.identities()));
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
