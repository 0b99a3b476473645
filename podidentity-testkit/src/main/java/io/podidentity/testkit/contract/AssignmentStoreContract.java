package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.AssignmentStore;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What an {@link AssignmentStore} has to do. */
public abstract class AssignmentStoreContract {
  private static final String NAMESPACE = "default";
  private static final ComputeTarget TARGET =
      ComputeTarget.scaleSet(Samples.SUBSCRIPTION, "Group", "Pool");
  private static final Provenance ADDED =
      new Provenance(
          TARGET,
          Set.of(
              ResourceId.of(
                  Samples.SUBSCRIPTION,
                  "rg",
                  "Microsoft.ManagedIdentity",
                  "userAssignedIdentities",
                  "one"),
              ResourceId.of(
                  Samples.SUBSCRIPTION,
                  "rg",
                  "Microsoft.ManagedIdentity",
                  "userAssignedIdentities",
                  "two")),
          null);

  /** For subclasses. */
  protected AssignmentStoreContract() {}

  /** The store. */
  protected abstract AssignmentStore store();

  /**
   * Creates the identity, or changes the one of its name to be so; the store knows it afterwards.
   */
  protected abstract void put(AzureIdentity identity);

  /**
   * Creates the binding, or changes the one of its name to be so; the store knows it afterwards.
   */
  protected abstract void put(IdentityBinding binding);

  /** The record as it is, read past the store. */
  protected abstract Optional<AssignedIdentity> record(NamespacedName name);

  /** Changes the record past the store, and no more than its resource version and, say, a label. */
  protected abstract void touch(NamespacedName record);

  /** Deletes the record past the store, at once. */
  protected abstract void remove(NamespacedName record);

  @Test
  void recordSaysWhatIsDesiredAndIsCreated() {
    DesiredAssignment desired = desired();

    AssignedIdentity stored = store().create(desired);

    assertThat(stored).isEqualTo(present(desired.record()));
    assertThat(stored.name()).isEqualTo(desired.record());
    assertThat(stored.describes(desired)).isTrue();
    assertThat(stored.podUid()).isEqualTo(desired.pod().uid());
    assertThat(stored.state()).isEqualTo(AssignmentState.CREATED);
    assertThat(stored.uid()).isNotEmpty();
    assertThat(stored.resourceVersion()).isNotEmpty();
  }

  @Test
  void recordMayBeAssignedFromTheBeginning() {
    DesiredAssignment desired = desired();

    AssignedIdentity stored = store().create(desired, AssignmentState.ASSIGNED, ADDED);

    assertThat(stored).isEqualTo(present(desired.record()));
    assertThat(stored.state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void creatingAgainGivesTheRecordThatIsThere() {
    DesiredAssignment desired = desired();
    AssignedIdentity first = store().create(desired);

    assertThat(store().create(desired, AssignmentState.ASSIGNED, ADDED)).isEqualTo(first);
  }

  @Test
  void creatingOverTheRecordOfAnEarlierPodIsAConflictAndChangesNothing() {
    DesiredAssignment desired = desired();
    AssignedIdentity first = store().create(desired);
    Pod later = Samples.pod(NAMESPACE);
    Pod reborn =
        new Pod(
            desired.pod().name(),
            later.uid(),
            later.nodeName(),
            later.labels(),
            later.addresses(),
            later.phase(),
            false,
            false);

    assertConflict(
        () -> store().create(Samples.desired(reborn, desired.identity(), desired.binding())));

    assertThat(present(desired.record())).isEqualTo(first);
  }

  @Test
  void stateChangesAndNothingElseHoweverOftenItIsAskedFor() {
    AssignedIdentity created = store().create(desired());

    store().setState(created, AssignmentState.ASSIGNED);
    store().setState(created, AssignmentState.ASSIGNED);

    AssignedIdentity now = present(created.name());
    assertThat(now.state()).isEqualTo(AssignmentState.ASSIGNED);
    assertThat(now)
        .usingRecursiveComparison()
        .ignoringFields("state", "resourceVersion")
        .isEqualTo(created);
  }

  @Test
  void whatMicDoesIsStoredWithTheRecord() {
    DesiredAssignment desired = desired();

    AssignedIdentity stored = store().create(desired, AssignmentState.CREATED, ADDED);

    assertThat(stored).isEqualTo(present(desired.record()));
    assertThat(stored.provenance()).isEqualTo(ADDED);
  }

  @Test
  void thatNothingWasAddedIsNotThatNothingIsKnown() {
    DesiredAssignment desired = desired();
    Provenance found = new Provenance(TARGET, Set.of(), null);

    assertThat(store().create(desired, AssignmentState.CREATED, found).provenance())
        .isEqualTo(found);
    assertThat(present(desired.record()).provenance().isKnown()).isTrue();
  }

  @Test
  void stateAndWhatMicDoesChangeTogether() {
    AssignedIdentity created = store().create(desired());
    Provenance waiting = ADDED.unneededSince(Instant.parse("2026-01-01T00:00:00.123Z"));

    AssignedIdentity first = store().setState(created, AssignmentState.UNASSIGNED, waiting);
    assertThat(first).isEqualTo(present(created.name()));
    assertThat(first.state()).isEqualTo(AssignmentState.UNASSIGNED);
    assertThat(first.provenance()).isEqualTo(waiting);

    AssignedIdentity second = store().setState(first, AssignmentState.ASSIGNED, ADDED);
    assertThat(second.provenance()).isEqualTo(ADDED);

    AssignedIdentity third = store().setState(second, AssignmentState.ASSIGNED, Provenance.UNKNOWN);
    assertThat(third).isEqualTo(present(created.name()));
    assertThat(third.provenance()).isEqualTo(Provenance.UNKNOWN);
  }

  @Test
  void replacingSaysWhatMicDoes() {
    DesiredAssignment desired = desired();
    AssignedIdentity created = store().create(desired, AssignmentState.CREATED, ADDED);
    Provenance less = new Provenance(TARGET, Set.of(), null);

    AssignedIdentity stored = store().replace(created, desired, AssignmentState.ASSIGNED, less);

    assertThat(stored).isEqualTo(present(desired.record()));
    assertThat(stored.provenance()).isEqualTo(less);
  }

  @Test
  void stateOfARecordThatIsGoneIsAConflict() {
    AssignedIdentity created = store().create(desired());
    remove(created.name());

    assertConflict(() -> store().setState(created, AssignmentState.ASSIGNED));
  }

  @Test
  void stateOfARecordThatAnotherReplacedIsAConflictAndChangesNothing() {
    DesiredAssignment desired = desired();
    AssignedIdentity created = store().create(desired);
    remove(created.name());
    AssignedIdentity other = store().create(desired);

    assertConflict(() -> store().setState(created, AssignmentState.ASSIGNED));

    assertThat(present(created.name())).isEqualTo(other);
  }

  @Test
  void stateOfARecordThatAnotherLedOnMeanwhileIsAConflictAndChangesNothing() {
    AssignedIdentity created = store().create(desired());
    AssignedIdentity assigned = store().setState(created, AssignmentState.ASSIGNED);

    assertConflict(() -> store().setState(created, AssignmentState.UNASSIGNED));

    assertThat(present(created.name())).isEqualTo(assigned);
  }

  @Test
  void stateOfARecordThatOnlyGotALabelMeanwhileIsChanged() {
    AssignedIdentity created = store().create(desired());
    touch(created.name());

    store().setState(created, AssignmentState.ASSIGNED);

    assertThat(present(created.name()).state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void deletingARecordThatAnotherLedOnMeanwhileIsAConflictAndDeletesNothing() {
    AssignedIdentity created = store().create(desired());
    AssignedIdentity assigned = store().setState(created, AssignmentState.ASSIGNED);

    assertConflict(() -> store().delete(created));

    assertThat(present(created.name())).isEqualTo(assigned);
  }

  @Test
  void replacedRecordSaysWhatIsDesiredNow() {
    DesiredAssignment before = desired();
    AssignedIdentity created = store().create(before);
    DesiredAssignment after = withOtherIdentity(before);

    AssignedIdentity stored = store().replace(created, after, AssignmentState.ASSIGNED);

    assertThat(stored).isEqualTo(present(created.name()));
    assertThat(stored.uid()).isEqualTo(created.uid());
    assertThat(stored.describes(after)).isTrue();
    assertThat(stored.describes(before)).isFalse();
    assertThat(stored.state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void replacingAgainIsASuccess() {
    DesiredAssignment before = desired();
    AssignedIdentity created = store().create(before);
    DesiredAssignment after = withOtherIdentity(before);
    AssignedIdentity replaced = store().replace(created, after, AssignmentState.ASSIGNED);

    assertThat(store().replace(created, after, AssignmentState.ASSIGNED)).isEqualTo(replaced);
  }

  @Test
  void replacingARecordThatAnotherChangedIsAConflictAndChangesNothing() {
    DesiredAssignment before = desired();
    AssignedIdentity created = store().create(before);
    touch(created.name());
    DesiredAssignment after = withOtherIdentity(before);

    assertConflict(() -> store().replace(created, after, AssignmentState.ASSIGNED));

    assertThat(present(created.name()).describes(before)).isTrue();
  }

  @Test
  void replacingARecordThatIsGoneIsAConflict() {
    DesiredAssignment desired = desired();
    AssignedIdentity created = store().create(desired);
    remove(created.name());

    assertConflict(() -> store().replace(created, desired, AssignmentState.ASSIGNED));
    assertThat(record(created.name())).isEmpty();
  }

  @Test
  void deletedRecordIsGoneHoweverOftenItIsAskedFor() {
    AssignedIdentity created = store().create(desired());

    store().delete(created);
    store().delete(created);

    assertThat(record(created.name())).isEmpty();
  }

  @Test
  void recordIsDeletedThoughAnotherChangedIt() {
    AssignedIdentity created = store().create(desired());
    touch(created.name());

    store().delete(created);

    assertThat(record(created.name())).isEmpty();
  }

  @Test
  void deletingLeavesTheRecordAloneThatAnotherPutInItsPlace() {
    DesiredAssignment desired = desired();
    AssignedIdentity created = store().create(desired);
    remove(created.name());
    AssignedIdentity other = store().create(desired);

    store().delete(created);

    assertThat(present(created.name())).isEqualTo(other);
  }

  private DesiredAssignment desired() {
    AzureIdentity identity = Samples.identity(NAMESPACE);
    IdentityBinding binding = Samples.binding(identity, Samples.fresh("selector"));
    put(identity);
    put(binding);
    Pod pod = Samples.bound(Samples.pod(NAMESPACE), binding.selector());
    return Samples.desired(pod, identity, binding);
  }

  private DesiredAssignment withOtherIdentity(DesiredAssignment before) {
    AzureIdentity changed =
        Samples.identity(before.identity().name(), Samples.fresh("azure-identity"));
    put(changed);
    return Samples.desired(before.pod(), changed, before.binding());
  }

  private AssignedIdentity present(NamespacedName name) {
    return record(name).orElseThrow();
  }

  private static void assertConflict(ThrowingCallable call) {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_CONFLICT));
  }
}
