package io.podidentity.api.model;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.namespaced;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AssignedIdentityTest {
  private static final Pod WEB = bound("default/web-0", "app");
  private static final AzureIdentity X = identity("default/x");
  private static final DesiredAssignment DESIRED =
      new DesiredAssignment(
          DesiredAssignment.recordName(WEB.name(), X, false),
          WEB,
          "n1",
          binding("default/x", "x", "app"),
          X);

  @Test
  void aRecordIsOfThePodWhoseUidItHolds() {
    AssignedIdentity record = record(WEB, X).build();

    assertThat(record.isOf(WEB)).isTrue();
    assertThat(record.isOf(pod("default/web-0").uid("another").build())).isFalse();
    assertThat(record.isOf(pod("default/web-1").uid(WEB.uid()).build())).isFalse();
    assertThat(record.isOf(pod("other/web-0").uid(WEB.uid()).build())).isFalse();
  }

  @Test
  void aRecordOfVersionOneHoldsNoUidAndIsOfThePodOfItsName() {
    AssignedIdentity record = record(WEB, X).podUid(null).build();

    assertThat(record.isOf(WEB)).isTrue();
    assertThat(record.isOf(bound("default/web-1", "app"))).isFalse();
  }

  @Test
  void itDescribesWhatItWasWrittenFor() {
    assertThat(record(DESIRED).build().describes(DESIRED)).isTrue();
    assertThat(record(DESIRED).state(AssignmentState.CREATED).build().describes(DESIRED)).isTrue();
  }

  @Test
  void itDoesNotDescribeAnotherPodNodeBindingOrIdentity() {
    assertThat(record(DESIRED).podUid("another").build().describes(DESIRED)).isFalse();
    assertThat(record(DESIRED).node("n2").build().describes(DESIRED)).isFalse();
    assertThat(record(DESIRED).binding(binding("default/x", "x", "old")).build().describes(DESIRED))
        .isFalse();
    assertThat(record(DESIRED).identity(identity("default/x", "y")).build().describes(DESIRED))
        .isFalse();
    assertThat(record(DESIRED).identity(namespaced(X)).build().describes(DESIRED)).isFalse();
  }

  @Test
  void anEditOfTheIdentitysMetadataChangesNothing() {
    AzureIdentity edited = new AzureIdentity(X.name(), "recreated", 7, false, X.credential());

    assertThat(record(DESIRED).identity(edited).build().describes(DESIRED)).isTrue();
  }
}
