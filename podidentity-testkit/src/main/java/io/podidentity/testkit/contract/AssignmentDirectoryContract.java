package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.Subscription;
import org.junit.jupiter.api.Test;

/** What an {@link AssignmentDirectory} has to do. */
public abstract class AssignmentDirectoryContract {
  private static final String NAMESPACE = "default";

  /** For subclasses. */
  protected AssignmentDirectoryContract() {}

  /** The directory of the node {@code contract-node}, up to date. */
  protected abstract AssignmentDirectory directory();

  /**
   * Creates the record, or changes the one of its name to be so. An implementation that does not
   * choose UIDs and versions may give it others.
   */
  protected abstract void put(AssignedIdentity record);

  /** Deletes the record, at once. */
  protected abstract void delete(NamespacedName record);

  @Test
  void recordSaysWhatWasWritten() {
    AssignedIdentity record = record(Samples.pod(NAMESPACE), AssignmentState.ASSIGNED);

    put(record);

    Eventually.asserted(
        () -> {
          assertThat(directory().forPod(record.pod())).hasSize(1);
          AssignedIdentity found = directory().forPod(record.pod()).get(0);
          assertThat(found.name()).isEqualTo(record.name());
          assertThat(found.pod()).isEqualTo(record.pod());
          assertThat(found.podUid()).isEqualTo(record.podUid());
          assertThat(found.nodeName()).isEqualTo(Samples.NODE);
          assertThat(found.binding()).isEqualTo(record.binding());
          assertThat(found.identity().sameMeaningAs(record.identity())).isTrue();
          assertThat(found.identity().uid()).isEqualTo(record.identity().uid());
          assertThat(found.state()).isEqualTo(AssignmentState.ASSIGNED);
          assertThat(found.terminating()).isFalse();
        });
  }

  @Test
  void allRecordsOfAPodAreFoundWhateverTheirState() {
    Pod pod = Samples.pod(NAMESPACE);
    AssignedIdentity created = record(pod, AssignmentState.CREATED);
    AssignedIdentity assigned = record(pod, AssignmentState.ASSIGNED);
    AssignedIdentity unassigned = record(pod, AssignmentState.UNASSIGNED);

    put(created);
    put(assigned);
    put(unassigned);

    Eventually.asserted(
        () ->
            assertThat(directory().forPod(pod.name()))
                .extracting(AssignedIdentity::name)
                .containsExactlyInAnyOrder(created.name(), assigned.name(), unassigned.name()));
  }

  @Test
  void podWithoutRecordsGivesNothing() {
    assertThat(directory().forPod(new NamespacedName(NAMESPACE, Samples.fresh("nobody"))))
        .isEmpty();
  }

  @Test
  void idsOfEachRecordAreFoundUntilTheLastOneThatHasThemGoes() {
    AzureIdentity shared = Samples.identity(NAMESPACE);
    AssignedIdentity one = record(Samples.pod(NAMESPACE), shared, AssignmentState.CREATED);
    AssignedIdentity other = record(Samples.pod(NAMESPACE), shared, AssignmentState.UNASSIGNED);
    AssignedIdentity third = record(Samples.pod(NAMESPACE), AssignmentState.ASSIGNED);

    put(one);
    put(other);
    put(third);
    Eventually.asserted(
        () ->
            assertThat(directory().recordedIds())
                .containsAll(shared.managedIds())
                .containsAll(third.identity().managedIds()));

    delete(one.name());
    delete(third.name());
    Eventually.asserted(
        () ->
            assertThat(directory().recordedIds())
                .containsAll(shared.managedIds())
                .doesNotContainAnyElementsOf(third.identity().managedIds()));

    delete(other.name());
    Eventually.asserted(
        () ->
            assertThat(directory().recordedIds()).doesNotContainAnyElementsOf(shared.managedIds()));
  }

  @Test
  void whoWaitsForAPodIsWokenWhenARecordComesChangesAndGoes() {
    Pod pod = Samples.pod(NAMESPACE);
    AssignedIdentity record = record(pod, AssignmentState.CREATED);
    Calls calls = new Calls();
    try (Subscription subscription = directory().onChange(pod.name(), calls)) {
      assertThat(subscription).isNotNull();
      put(record);
      calls.awaitAny();

      int known = calls.count();
      put(Samples.with(record, AssignmentState.ASSIGNED));
      calls.awaitMoreThan(known);
      Eventually.asserted(
          () ->
              assertThat(directory().forPod(pod.name()))
                  .extracting(AssignedIdentity::state)
                  .containsExactly(AssignmentState.ASSIGNED));

      int knownThen = calls.count();
      delete(record.name());
      calls.awaitMoreThan(knownThen);
      Eventually.asserted(() -> assertThat(directory().forPod(pod.name())).isEmpty());
    }
  }

  @Test
  void changeIsToBeSeenWhenTheCallComes() {
    Pod pod = Samples.pod(NAMESPACE);
    Calls seen = new Calls();
    Runnable look =
        () -> {
          if (!directory().forPod(pod.name()).isEmpty()) {
            seen.run();
          }
        };
    try (Subscription subscription = directory().onChange(pod.name(), look)) {
      assertThat(subscription).isNotNull();
      put(record(pod, AssignmentState.CREATED));

      seen.awaitAny();
    }
  }

  @Test
  void whoWaitsNoLongerIsNotCalled() {
    Pod pod = Samples.pod(NAMESPACE);
    Calls closed = new Calls();
    Calls open = new Calls();
    Subscription subscription = directory().onChange(pod.name(), closed);
    subscription.close();
    subscription.close();
    try (Subscription other = directory().onChange(pod.name(), open)) {
      assertThat(other).isNotNull();
      put(record(pod, AssignmentState.CREATED));
      open.awaitAny();
    }
    assertThat(closed.count()).isZero();
  }

  private static AssignedIdentity record(Pod pod, AssignmentState state) {
    return record(pod, Samples.identity(NAMESPACE), state);
  }

  private static AssignedIdentity record(Pod pod, AzureIdentity identity, AssignmentState state) {
    return Samples.record(
        Samples.desired(pod, identity, Samples.binding(identity, "contract")), state);
  }
}
