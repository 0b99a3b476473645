package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a {@link PodDirectory} has to do. */
public abstract class PodDirectoryContract {
  private static final String NAMESPACE = "default";

  /** For subclasses. */
  protected PodDirectoryContract() {}

  /** The directory of the node {@code contract-node}, up to date. */
  protected abstract PodDirectory directory();

  /**
   * Creates the pod, or changes the one of its name to be so. An implementation that does not
   * choose UIDs may give it another.
   */
  protected abstract void put(Pod pod);

  /** Deletes the pod, at once. */
  protected abstract void delete(NamespacedName pod);

  /**
   * How the directory shows a pod that is put, but for its UID. A directory of workloads that are
   * no pods has no nodes, phases, labels or controllers to show, and overrides this; its name and
   * its addresses stay.
   */
  protected Pod shown(Pod pod) {
    return pod;
  }

  @Test
  void podIsFoundByEachOfItsAddressesAndByItsName() {
    InetAddress first = Samples.address();
    InetAddress second = Samples.address6();
    Pod pod =
        Samples.madeBy(
            Samples.pod(NAMESPACE, first, second),
            new PodController(PodController.REPLICA_SET, "contract-1", "uid-of-contract-1"));

    put(pod);

    Eventually.asserted(
        () -> {
          assertThat(directory().byAddress(first))
              .extracting(Pod::name)
              .containsExactly(pod.name());
          assertThat(directory().byAddress(second))
              .extracting(Pod::name)
              .containsExactly(pod.name());
          Pod found = directory().byName(pod.name()).orElseThrow();
          assertThat(found.addresses()).isEqualTo(pod.addresses());
          assertThat(found.labels()).containsAllEntriesOf(shown(pod).labels());
          assertThat(found.nodeName()).isEqualTo(shown(pod).nodeName());
          assertThat(found.phase()).isEqualTo(PodPhase.RUNNING);
          assertThat(found.uid()).isNotEmpty();
          assertThat(found.serviceAccount()).isEqualTo(shown(pod).serviceAccount());
          assertThat(found.controller()).isEqualTo(shown(pod).controller());
          assertThat(found.hostNetwork()).isFalse();
          assertThat(found.terminating()).isFalse();
        });
  }

  @Test
  void addressThatNobodyHasGivesNothing() {
    assertThat(directory().byAddress(Samples.address())).isEmpty();
    assertThat(directory().byName(new NamespacedName(NAMESPACE, Samples.fresh("nobody"))))
        .isEmpty();
  }

  @Test
  void podIsFoundByItsNewAddressAndNotByItsOldOne() {
    InetAddress before = Samples.address();
    InetAddress after = Samples.address();
    Pod pod = Samples.pod(NAMESPACE, before);
    put(pod);
    Eventually.asserted(() -> assertThat(directory().byAddress(before)).hasSize(1));

    put(Samples.with(pod, Set.of(after), PodPhase.RUNNING));

    Eventually.asserted(
        () -> {
          assertThat(directory().byAddress(after)).hasSize(1);
          assertThat(directory().byAddress(before)).isEmpty();
        });
  }

  @Test
  void podThatHasEndedIsStillShownWithItsPhase() {
    InetAddress address = Samples.address();
    Pod pod = Samples.pod(NAMESPACE, address);
    put(pod);
    Eventually.asserted(() -> assertThat(directory().byAddress(address)).hasSize(1));

    Pod ended = Samples.with(pod, pod.addresses(), PodPhase.SUCCEEDED);
    put(ended);

    Eventually.asserted(
        () ->
            assertThat(directory().byAddress(address))
                .extracting(Pod::phase)
                .containsExactly(shown(ended).phase()));
  }

  @Test
  void podThatIsDeletedIsFoundNoLonger() {
    InetAddress address = Samples.address();
    Pod pod = Samples.pod(NAMESPACE, address);
    put(pod);
    Eventually.asserted(() -> assertThat(directory().byAddress(address)).hasSize(1));

    delete(pod.name());

    Eventually.asserted(
        () -> {
          assertThat(directory().byAddress(address)).isEmpty();
          assertThat(directory().byName(pod.name())).isEmpty();
        });
  }

  @Test
  void allPodsWithAnAddressAreFound() {
    InetAddress shared = Samples.address();
    Pod one = Samples.pod(NAMESPACE, shared);
    Pod other = Samples.pod(NAMESPACE, shared);

    put(one);
    put(other);

    Eventually.asserted(
        () ->
            assertThat(directory().byAddress(shared))
                .extracting(Pod::name)
                .containsExactlyInAnyOrder(one.name(), other.name()));
  }

  @Test
  void whoWaitsForAnAddressIsWokenWhenAPodGetsChangesAndLosesIt() {
    InetAddress address = Samples.address();
    Calls calls = new Calls();
    try (Subscription subscription = directory().onChange(address, calls)) {
      assertThat(subscription).isNotNull();
      Pod pod = Samples.pod(NAMESPACE, address);
      put(pod);
      calls.awaitAny();
      Eventually.asserted(
          () ->
              assertThat(directory().byAddress(address))
                  .extracting(Pod::phase)
                  .containsExactly(PodPhase.RUNNING));

      InetAddress second = Samples.address6();
      Pod known = pod;
      for (PodPhase phase : List.of(PodPhase.RUNNING, PodPhase.FAILED)) {
        Pod changed = Samples.with(pod, Set.of(address, second), phase);
        int before = calls.count();
        put(changed);
        // What shows no phases has nothing to tell of another one.
        if (!shown(changed).equals(shown(known))) {
          calls.awaitMoreThan(before);
        }
        Eventually.asserted(
            () ->
                assertThat(directory().byAddress(second))
                    .extracting(Pod::phase)
                    .containsExactly(shown(changed).phase()));
        known = changed;
      }

      int before = calls.count();
      delete(pod.name());
      calls.awaitMoreThan(before);
    }
  }

  @Test
  void changeIsToBeSeenWhenTheCallComes() {
    InetAddress address = Samples.address();
    Calls seen = new Calls();
    Runnable look =
        () -> {
          if (!directory().byAddress(address).isEmpty()) {
            seen.run();
          }
        };
    try (Subscription subscription = directory().onChange(address, look)) {
      assertThat(subscription).isNotNull();
      put(Samples.pod(NAMESPACE, address));

      seen.awaitAny();
    }
  }

  @Test
  void whoWaitsForANameIsWokenWhenThePodComesAndGoes() {
    Pod pod = Samples.pod(NAMESPACE);
    Calls calls = new Calls();
    try (Subscription subscription = directory().onChangeOf(pod.name(), calls)) {
      assertThat(subscription).isNotNull();
      put(pod);
      calls.awaitAny();
      Eventually.asserted(() -> assertThat(directory().byName(pod.name())).isPresent());

      int known = calls.count();
      delete(pod.name());
      calls.awaitMoreThan(known);
      Eventually.asserted(() -> assertThat(directory().byName(pod.name())).isEmpty());
    }
  }

  @Test
  void listShowsWhatIsThereNowWithoutWaitingForNews() {
    InetAddress first = Samples.address();
    InetAddress second = Samples.address6();
    Pod pod = Samples.pod(NAMESPACE, first, second);
    put(pod);

    assertThat(directory().list().join())
        .filteredOn(found -> found.name().equals(pod.name()))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.addresses()).containsExactlyInAnyOrder(first, second);
              assertThat(found.labels()).containsAllEntriesOf(shown(pod).labels());
              assertThat(found.phase()).isEqualTo(PodPhase.RUNNING);
            });

    delete(pod.name());
    assertThat(directory().list().join()).extracting(Pod::name).doesNotContain(pod.name());
  }

  @Test
  void whoWaitsNoLongerIsNotCalled() {
    InetAddress address = Samples.address();
    Calls closed = new Calls();
    Calls open = new Calls();
    Subscription subscription = directory().onChange(address, closed);
    subscription.close();
    subscription.close();
    try (Subscription other = directory().onChange(address, open)) {
      assertThat(other).isNotNull();
      put(Samples.pod(NAMESPACE, address));
      open.awaitAny();
    }
    assertThat(closed.count()).isZero();
  }
}
