package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WrittenRecordsTest {
  private final WrittenRecords written = new WrittenRecords();

  @Test
  void withoutWritesWhatTheWatchToldIsAll() {
    AssignedIdentity seen = record("a", "5", AssignmentState.CREATED);

    assertThat(written.over(List.of(seen), "9")).containsExactly(seen);
  }

  @Test
  void writeIsShownUntilTheWatchHasCaughtUp() {
    AssignedIdentity seen = record("a", "5", AssignmentState.CREATED);
    AssignedIdentity ours = record("a", "7", AssignmentState.ASSIGNED);
    written.wrote(ours);

    assertThat(written.over(List.of(), "4")).containsExactly(ours);
    assertThat(written.over(List.of(seen), "6")).containsExactly(ours);

    AssignedIdentity later = record("a", "8", AssignmentState.UNASSIGNED);
    assertThat(written.over(List.of(later), "8")).containsExactly(later);
    assertThat(written.over(List.of(seen), "8")).containsExactly(seen);
  }

  @Test
  void newerNewsOfTheRecordCountsThoughTheWatchsVersionIsBehind() {
    AssignedIdentity later = record("a", "9", AssignmentState.UNASSIGNED);
    written.wrote(record("a", "7", AssignmentState.ASSIGNED));

    assertThat(written.over(List.of(later), "6")).containsExactly(later);
  }

  @Test
  void recordThatSomeoneDeletedMeanwhileIsNotShownOnceTheWatchHasCaughtUp() {
    written.wrote(record("a", "7", AssignmentState.ASSIGNED));

    assertThat(written.over(List.of(), "8")).isEmpty();
    assertThat(written.over(List.of(), "4")).isEmpty();
  }

  @Test
  void deletedRecordIsHiddenUntilTheWatchDropsIt() {
    AssignedIdentity seen = record("a", "5", AssignmentState.CREATED);
    written.deleted(seen);

    assertThat(written.over(List.of(seen), "5")).isEmpty();
    assertThat(written.over(List.of(seen), "9")).isEmpty();
    assertThat(written.over(List.of(), "9")).isEmpty();
    // Forgotten: were it told again, it would be shown.
    assertThat(written.over(List.of(seen), "9")).containsExactly(seen);
  }

  @Test
  void anotherRecordInTheDeletedOnesPlaceIsShown() {
    written.deleted(record("a", "5", AssignmentState.CREATED));
    AssignedIdentity other = record("b", "6", AssignmentState.CREATED);

    assertThat(written.over(List.of(other), "4")).containsExactly(other);
  }

  @Test
  void deletionOfARecordThatTheWatchHasNotToldYetHidesItWhenItDoes() {
    AssignedIdentity ours = record("a", "7", AssignmentState.CREATED);
    written.wrote(ours);
    written.deleted(ours);

    assertThat(written.over(List.of(), "6")).isEmpty();
    assertThat(written.over(List.of(ours), "7")).isEmpty();
    assertThat(written.over(List.of(), "8")).isEmpty();
  }

  @Test
  void writesThatAreReportedOutOfOrderEndWithTheLatest() {
    AssignedIdentity latest = record("a", "8", AssignmentState.ASSIGNED);
    written.wrote(latest);
    written.wrote(record("a", "7", AssignmentState.CREATED));

    assertThat(written.over(List.of(), "6")).containsExactly(latest);
  }

  @Test
  void forgottenWriteIsNotShown() {
    AssignedIdentity ours = record("a", "7", AssignmentState.CREATED);
    written.wrote(ours);
    written.forget(ours.name());

    assertThat(written.over(List.of(), "6")).isEmpty();
  }

  @Test
  void versionsThatAreNoNumbersLeaveTheWordToTheWatch() {
    AssignedIdentity seen = record("a", "x", AssignmentState.CREATED);
    written.wrote(record("a", "y", AssignmentState.ASSIGNED));

    assertThat(written.over(List.of(seen), "x")).containsExactly(seen);
  }

  @Test
  void newsOfOurOwnWritesAreRecognised() {
    AssignedIdentity created = record("a", "6", AssignmentState.CREATED);
    AssignedIdentity assigned = record("a", "7", AssignmentState.ASSIGNED);
    written.wrote(assigned);

    assertThat(written.isOurs(null, created)).isTrue();
    assertThat(written.isOurs(created, assigned)).isTrue();
    assertThat(written.isOurs(assigned, record("a", "8", AssignmentState.UNASSIGNED))).isFalse();
    assertThat(written.isOurs(assigned, null)).isFalse();
    assertThat(written.isOurs(null, record("b", "7", AssignmentState.CREATED))).isFalse();

    written.deleted(assigned);
    assertThat(written.isOurs(assigned, null)).isTrue();
  }

  private static AssignedIdentity record(String uid, String version, AssignmentState state) {
    AssignedIdentity record = TestObjects.record("web", "node");
    return new AssignedIdentity(
        record.name(),
        uid,
        version,
        record.pod(),
        "pod-uid",
        record.nodeName(),
        record.identity(),
        record.binding(),
        state,
        false);
  }
}
