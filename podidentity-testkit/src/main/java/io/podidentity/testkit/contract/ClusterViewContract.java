package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractObjectAssert;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ClusterView} has to do. The cluster may hold other objects too; their changes must
 * not come while a test runs.
 */
public abstract class ClusterViewContract {
  private static final String NAMESPACE = "default";

  /** For subclasses. */
  protected ClusterViewContract() {}

  /** The view, after its first picture. */
  protected abstract ClusterView view();

  /** Creates the pod, or changes the one of its name to be so. Its UID may be another. */
  protected abstract void put(Pod pod);

  /** Creates the identity, or changes the one of its name to be so. Its UID may be another. */
  protected abstract void put(AzureIdentity identity);

  /** Creates the binding, or changes the one of its name to be so. */
  protected abstract void put(IdentityBinding binding);

  /** Creates the node, or changes the one of its name to be so. */
  protected abstract void put(Node node);

  /** Creates the record, or changes the one of its name to be so. Its UID may be another. */
  protected abstract void put(AssignedIdentity record);

  /** Deletes the pod, at once. */
  protected abstract void deletePod(NamespacedName name);

  /** Deletes the identity. */
  protected abstract void deleteIdentity(NamespacedName name);

  /** Deletes the binding. */
  protected abstract void deleteBinding(NamespacedName name);

  /** Deletes the node. */
  protected abstract void deleteNode(String name);

  /** Deletes the record, at once. */
  protected abstract void deleteRecord(NamespacedName name);

  @Test
  void labelledPodIsShownUntilItIsDeleted() {
    Pod pod = Samples.bound(Samples.pod(NAMESPACE, Samples.address()), "contract");
    Calls calls = new Calls();
    try (Subscription subscription = view().onChange(calls)) {
      assertThat(subscription).isNotNull();
      put(pod);
      calls.awaitAny();
      // A cluster may show a new pod before it shows its phase.
      assertShown(ClusterSnapshot::pods, found -> isIn(found, pod, PodPhase.RUNNING))
          .satisfies(
              found -> {
                assertThat(found.bindingLabel()).isEqualTo("contract");
                assertThat(found.nodeName()).isEqualTo(Samples.NODE);
                assertThat(found.uid()).isNotEmpty();
              });

      int known = calls.count();
      put(Samples.with(pod, pod.addresses(), PodPhase.SUCCEEDED));
      calls.awaitMoreThan(known);
      assertShown(ClusterSnapshot::pods, found -> isIn(found, pod, PodPhase.SUCCEEDED));

      int knownThen = calls.count();
      deletePod(pod.name());
      calls.awaitMoreThan(knownThen);
      assertNotShown(ClusterSnapshot::pods, found -> found.name().equals(pod.name()));
    }
  }

  private static boolean isIn(Pod found, Pod pod, PodPhase phase) {
    return found.name().equals(pod.name()) && found.phase() == phase;
  }

  @Test
  void identityIsShownAsItIsNowUntilItIsDeleted() {
    AzureIdentity identity = Samples.identity(NAMESPACE);
    AzureIdentity changed = Samples.identity(identity.name(), Samples.fresh("azure-identity"));
    Calls calls = new Calls();
    try (Subscription subscription = view().onChange(calls)) {
      assertThat(subscription).isNotNull();
      put(identity);
      calls.awaitAny();
      assertShown(ClusterSnapshot::identities, found -> found.sameMeaningAs(identity));

      int known = calls.count();
      put(changed);
      calls.awaitMoreThan(known);
      assertShown(ClusterSnapshot::identities, found -> found.sameMeaningAs(changed));

      int knownThen = calls.count();
      deleteIdentity(identity.name());
      calls.awaitMoreThan(knownThen);
      assertNotShown(ClusterSnapshot::identities, found -> found.name().equals(identity.name()));
    }
  }

  @Test
  void bindingIsShownAsItIsNowUntilItIsDeleted() {
    IdentityBinding binding = Samples.binding(Samples.identity(NAMESPACE), "before");
    IdentityBinding changed = new IdentityBinding(binding.name(), binding.azureIdentity(), "after");
    Calls calls = new Calls();
    try (Subscription subscription = view().onChange(calls)) {
      assertThat(subscription).isNotNull();
      put(binding);
      calls.awaitAny();
      assertShown(ClusterSnapshot::bindings, binding::equals);

      int known = calls.count();
      put(changed);
      calls.awaitMoreThan(known);
      assertShown(ClusterSnapshot::bindings, changed::equals);

      int knownThen = calls.count();
      deleteBinding(binding.name());
      calls.awaitMoreThan(knownThen);
      assertNotShown(ClusterSnapshot::bindings, found -> found.name().equals(binding.name()));
    }
  }

  @Test
  void nodeIsShownWithItsMachineUntilItIsDeleted() {
    Node machine =
        new Node(
            Samples.fresh("node"),
            ComputeTarget.virtualMachine(Samples.SUBSCRIPTION, "rg", Samples.fresh("vm")));
    Node instance =
        new Node(
            Samples.fresh("node"),
            ComputeTarget.scaleSet(Samples.SUBSCRIPTION, "rg", Samples.fresh("vmss")));
    Calls calls = new Calls();
    try (Subscription subscription = view().onChange(calls)) {
      assertThat(subscription).isNotNull();
      put(machine);
      calls.awaitAny();
      assertShown(ClusterSnapshot::nodes, machine::equals);

      int known = calls.count();
      put(instance);
      calls.awaitMoreThan(known);
      assertShown(ClusterSnapshot::nodes, instance::equals);

      int knownThen = calls.count();
      deleteNode(machine.name());
      calls.awaitMoreThan(knownThen);
      assertNotShown(ClusterSnapshot::nodes, found -> found.name().equals(machine.name()));
    }
  }

  @Test
  void recordThatAnotherWroteIsShownAsItIsNowUntilItIsDeleted() {
    AzureIdentity identity = Samples.identity(NAMESPACE);
    AssignedIdentity record =
        Samples.record(
            Samples.desired(
                Samples.pod(NAMESPACE), identity, Samples.binding(identity, "contract")),
            AssignmentState.CREATED);
    Calls calls = new Calls();
    try (Subscription subscription = view().onChange(calls)) {
      assertThat(subscription).isNotNull();
      put(record);
      calls.awaitAny();
      assertShown(ClusterSnapshot::records, found -> found.name().equals(record.name()))
          .satisfies(
              found -> {
                assertThat(found.pod()).isEqualTo(record.pod());
                assertThat(found.identity().sameMeaningAs(identity)).isTrue();
                assertThat(found.state()).isEqualTo(AssignmentState.CREATED);
              });

      int known = calls.count();
      put(Samples.with(record, AssignmentState.ASSIGNED));
      calls.awaitMoreThan(known);
      assertShown(ClusterSnapshot::records, found -> found.name().equals(record.name()))
          .extracting(AssignedIdentity::state)
          .isEqualTo(AssignmentState.ASSIGNED);

      int knownThen = calls.count();
      deleteRecord(record.name());
      calls.awaitMoreThan(knownThen);
      assertNotShown(ClusterSnapshot::records, found -> found.name().equals(record.name()));
    }
  }

  @Test
  void snapshotDoesNotChangeAfterwards() {
    ClusterSnapshot before = view().snapshot();
    Set<Pod> pods = Set.copyOf(before.pods());
    Pod pod = Samples.bound(Samples.pod(NAMESPACE), "contract");

    put(pod);
    assertShown(ClusterSnapshot::pods, found -> found.name().equals(pod.name()));

    assertThat(Set.copyOf(before.pods())).isEqualTo(pods);
  }

  @Test
  void whoWantsToHearNoMoreIsNotCalled() {
    Calls closed = new Calls();
    Calls open = new Calls();
    Subscription subscription = view().onChange(closed);
    subscription.close();
    subscription.close();
    try (Subscription other = view().onChange(open)) {
      assertThat(other).isNotNull();
      put(Samples.identity(NAMESPACE));
      open.awaitAny();
    }
    assertThat(closed.count()).isZero();
  }

  /** By the time of the call at the latest it is shown; here the call may have been another's. */
  private <T> AbstractObjectAssert<?, T> assertShown(
      Function<ClusterSnapshot, List<T>> list, Predicate<T> wanted) {
    Eventually.asserted(() -> assertThat(matches(list, wanted)).hasSize(1));
    return assertThat(matches(list, wanted).iterator().next());
  }

  private <T> void assertNotShown(Function<ClusterSnapshot, List<T>> list, Predicate<T> unwanted) {
    Eventually.asserted(() -> assertThat(matches(list, unwanted)).isEmpty());
  }

  private <T> Set<T> matches(Function<ClusterSnapshot, List<T>> list, Predicate<T> wanted) {
    return list.apply(view().snapshot()).stream().filter(wanted).collect(Collectors.toSet());
  }
}
