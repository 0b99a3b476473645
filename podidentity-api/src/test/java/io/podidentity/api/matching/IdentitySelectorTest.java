package io.podidentity.api.matching;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.namespaced;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.unusable;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentitySelectorTest {
  private static final Pod WEB = bound("shop/web", "app");
  private static final AzureIdentity X = identity("shop/x");
  private static final AzureIdentity Y = identity("shop/y");

  @Test
  void anAssignedIdentityIsChosen() {
    assertThat(select(IdentityChoice.ANY, record(WEB, X).build())).isEqualTo(chosen(X));
  }

  @Test
  void theFirstAssignedOneByNamespaceAndNameIsChosenWhateverTheOrder() {
    List<AssignedIdentity> records = new ArrayList<>();
    records.add(record(WEB, identity("a/z")).state(AssignmentState.CREATED).build());
    records.add(record(WEB, identity("b/a")).build());
    records.add(record(WEB, identity("a/zz")).build());
    records.add(record(WEB, identity("b/b")).build());

    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(records, new Random(seed));

      assertThat(select(IdentityChoice.ANY, records)).isEqualTo(chosen(identity("a/zz")));
    }
  }

  @Test
  void theOneThatIsNamedIsChosen() {
    AssignedIdentity[] both = {record(WEB, X).build(), record(WEB, Y).build()};

    assertThat(select(client("y"), both)).isEqualTo(chosen(Y));
    assertThat(select(resource("y"), both)).isEqualTo(chosen(Y));
  }

  @Test
  void letterCaseOfTheNameMakesNoDifference() {
    ClientId upper = new ClientId(clientId("x").value().toUpperCase(Locale.ROOT));
    String lower = identityId("x").value().toLowerCase(Locale.ROOT);

    assertThat(select(new IdentityChoice(upper, lower), record(WEB, X).build()))
        .isEqualTo(chosen(X));
  }

  @Test
  void whatMatchesOnlyOneOfTwoNamesIsNotChosen() {
    IdentityChoice torn = new IdentityChoice(clientId("x"), identityId("y").value());

    assertWaits(
        select(torn, record(WEB, X).build(), record(WEB, Y).build()),
        ErrorReason.IDENTITY_NOT_ALLOWED,
        false);
  }

  @Test
  void anIdentityThatIsNotThePodsIsWaitedForAndThenRefused() {
    Selection selection = select(client("y"), record(WEB, X).build());

    assertWaits(selection, ErrorReason.IDENTITY_NOT_ALLOWED, false);
    assertThat(refusal(selection)).hasMessageContaining("shop/web");
    assertThat(refusal(selection).getMessage()).doesNotContain(clientId("y").value());
  }

  @Test
  void aRecordedIdentityIsWaitedFor() {
    Selection selection =
        select(IdentityChoice.ANY, record(WEB, X).state(AssignmentState.CREATED).build());

    assertWaits(selection, ErrorReason.IDENTITY_NOT_ASSIGNED, true);
    assertThat(refusal(selection)).hasMessageContaining("shop/web").hasMessageContaining("shop/x");
  }

  @Test
  void anotherIdentityBeingAssignedDoesNotMakeTheNamedOneRecorded() {
    assertWaits(
        select(client("y"), record(WEB, X).state(AssignmentState.CREATED).build()),
        ErrorReason.IDENTITY_NOT_ALLOWED,
        false);
  }

  @Test
  void aPodWithTheLabelAndNoRecordIsWaitedFor() {
    assertWaits(select(IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_BOUND, false);
  }

  @Test
  void aPodWithoutTheLabelIsRefusedAtOnce() {
    assertRefused(
        selector(false).select(pod("shop/web").build(), IdentityChoice.ANY, List.of()),
        ErrorReason.POD_NOT_BOUND);
  }

  /** What it was left with says nothing about what may still come. */
  @Test
  void aPodThatHasLostItsLabelIsRefusedAtOnceWhatItHasNot() {
    Pod unlabelled = pod("shop/web").build();
    AssignedIdentity left = record(unlabelled, X).build();
    AssignedIdentity bad = record(unlabelled, unusable("a/first")).build();

    assertRefused(
        selector(false).select(unlabelled, client("y"), List.of(left)),
        ErrorReason.IDENTITY_NOT_ALLOWED);
    assertRefused(
        selector(false).select(unlabelled, IdentityChoice.ANY, List.of(bad)),
        ErrorReason.IDENTITY_INVALID);
    assertThat(selector(false).select(unlabelled, client("x"), List.of(left))).isEqualTo(chosen(X));
  }

  /** The record of another binding may be on its way. */
  @Test
  void aPodWhoseRecordsAreAllUnusableIsWaitedFor() {
    AssignedIdentity bad = record(WEB, unusable("a/first")).build();

    Selection selection = select(IdentityChoice.ANY, bad);

    assertWaits(selection, ErrorReason.IDENTITY_INVALID, false);
    assertThat(refusal(selection))
        .hasMessageEndingWith("cannot be used as it is written: Invalid resource id: nonsense");
    assertWaits(select(client("x"), bad), ErrorReason.IDENTITY_INVALID, false);
  }

  @Test
  void theRecordOfAnEarlierPodOfTheNameCountsAsAbsent() {
    assertWaits(
        select(IdentityChoice.ANY, record(WEB, X).podUid("earlier").build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
  }

  @Test
  void aRecordOfVersionOneWithoutAUidCounts() {
    assertThat(select(IdentityChoice.ANY, record(WEB, X).podUid(null).build()))
        .isEqualTo(chosen(X));
  }

  @Test
  void theRecordOfAPodOfAnotherNameOrNamespaceDoesNotCount() {
    assertWaits(
        select(
            IdentityChoice.ANY,
            record(pod("shop/web2").uid(WEB.uid()).build(), X).build(),
            record(pod("apps/web").uid(WEB.uid()).build(), X).build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
  }

  /** Whoever may write records in a namespace of his own must not bind identities with them. */
  @Test
  void aRecordOutsideTheNamespaceThatMicWritesToDoesNotCount() {
    assertWaits(
        select(IdentityChoice.ANY, record(WEB, X).name("shop/web-shop-x").build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
    assertWaits(
        select(IdentityChoice.ANY, record(WEB, namespaced(X)).name("default/web-shop-x").build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
    assertWaits(
        selector(true)
            .select(
                WEB,
                IdentityChoice.ANY,
                List.of(record(WEB, X).name("default/web-shop-x").build())),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
  }

  @Test
  void theRecordOfANamespacedIdentityCountsInItsNamespace() {
    assertThat(select(IdentityChoice.ANY, record(WEB, namespaced(X)).name("shop/any-name").build()))
        .isEqualTo(chosen(namespaced(X)));
    assertThat(
            selector(true)
                .select(WEB, IdentityChoice.ANY, List.of(record(WEB, X).name("shop/x").build())))
        .isEqualTo(chosen(X));
  }

  @Test
  void anIdentityInAnotherNamespaceIsIgnoredWhenNamespaced() {
    AzureIdentity foreign = identity("apps/x");

    assertWaits(
        select(
            IdentityChoice.ANY, record(WEB, namespaced(foreign)).name("apps/web-shop-x").build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
    assertWaits(
        selector(true)
            .select(
                WEB,
                IdentityChoice.ANY,
                List.of(record(WEB, foreign).name("apps/web-shop-x").build())),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
  }

  @Test
  void aRecordOnItsWayOutDoesNotCount() {
    assertWaits(
        select(IdentityChoice.ANY, record(WEB, X).state(AssignmentState.UNASSIGNED).build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
    assertWaits(
        select(IdentityChoice.ANY, record(WEB, X).terminating().build()),
        ErrorReason.IDENTITY_NOT_BOUND,
        false);
  }

  @Test
  void anUnusableIdentityIsNeverChosen() {
    AssignedIdentity bad = record(WEB, unusable("a/first")).build();

    assertThat(select(IdentityChoice.ANY, bad, record(WEB, X).build())).isEqualTo(chosen(X));
    assertWaits(
        select(client("y"), bad, record(WEB, X).build()), ErrorReason.IDENTITY_NOT_ALLOWED, false);
    assertWaits(
        select(IdentityChoice.ANY, bad, record(WEB, X).state(AssignmentState.CREATED).build()),
        ErrorReason.IDENTITY_NOT_ASSIGNED,
        true);
  }

  @Test
  void aServicePrincipalIsChosenByItsClientIdOnly() {
    AzureIdentity principal = servicePrincipal("shop/sp");
    AssignedIdentity record = record(WEB, principal).build();

    assertThat(select(client("shop/sp"), record)).isEqualTo(chosen(principal));
    assertWaits(select(resource("sp"), record), ErrorReason.IDENTITY_NOT_ALLOWED, false);
  }

  private static Selection.Chosen chosen(AzureIdentity identity) {
    return new Selection.Chosen(identity);
  }

  private static IdentityChoice client(String of) {
    return new IdentityChoice(clientId(of), null);
  }

  private static IdentityChoice resource(String of) {
    return new IdentityChoice(null, identityId(of).value());
  }

  private static IdentitySelector selector(boolean forceNamespaced) {
    return new IdentitySelector(forceNamespaced);
  }

  private static Selection select(IdentityChoice choice, AssignedIdentity... records) {
    return select(choice, List.of(records));
  }

  private static Selection select(IdentityChoice choice, List<AssignedIdentity> records) {
    return selector(false).select(WEB, choice, records);
  }

  private static void assertWaits(Selection selection, ErrorReason reason, boolean recorded) {
    assertThat(selection)
        .isInstanceOfSatisfying(
            Selection.NotYet.class,
            notYet -> {
              assertThat(notYet.refusal().reason()).isEqualTo(reason);
              assertThat(notYet.recorded()).isEqualTo(recorded);
            });
  }

  private static void assertRefused(Selection selection, ErrorReason reason) {
    assertThat(selection)
        .isInstanceOfSatisfying(
            Selection.Refused.class,
            refused -> assertThat(refused.refusal().reason()).isEqualTo(reason));
  }

  private static PodIdentityException refusal(Selection selection) {
    return ((Selection.NotYet) selection).refusal();
  }
}
