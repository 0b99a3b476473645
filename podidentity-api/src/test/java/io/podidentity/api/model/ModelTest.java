package io.podidentity.api.model;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.namespaced;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The small types. */
class ModelTest {
  @Test
  void aTokenDoesNotPrintItsValue() {
    AccessToken token = token("eyJ0eXAiOiJKV1Qi.payload.signature", Instant.EPOCH);

    assertThat(token.toString())
        .doesNotContain("eyJ0eXAiOiJKV1Qi", "payload", "signature")
        .contains("https://management.azure.com/", "1970-01-01T00:00:00Z");
  }

  @Test
  void anEmptyTokenIsNone() {
    assertThatThrownBy(() -> token("", Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value must not be empty");
  }

  @ParameterizedTest
  @CsvSource({
    "Created, CREATED",
    "Assigned, ASSIGNED",
    "Unassigned, UNASSIGNED",
    "'', ASSIGNED",
    "assigned, CREATED",
    "Something, CREATED",
  })
  void stateIsReadAsVersionOneWroteIt(String text, AssignmentState state) {
    assertThat(AssignmentState.parse(text)).isEqualTo(state);
  }

  @ParameterizedTest
  @EnumSource
  void stateIsReadBackFromItsText(AssignmentState state) {
    assertThat(AssignmentState.parse(state.text())).isEqualTo(state);
  }

  @Test
  void namesAreOrderedByNamespaceFirst() {
    assertThat(Stream.of("b/a", "a/b", "a/a", "aa/a").map(text -> name(text)).sorted())
        .extracting(NamespacedName::toString)
        .containsExactly("a/a", "a/b", "aa/a", "b/a");
  }

  @ParameterizedTest
  @CsvSource({"'', n, namespace", "ns, '', name"})
  void aNameNeedsBothParts(String namespace, String name, String missing) {
    assertThatThrownBy(() -> new NamespacedName(namespace, name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(missing + " must not be empty");
  }

  @Test
  void aPodWithoutTheLabelAsksForNothing() {
    assertThat(pod("default/web").build().bindingLabel()).isEmpty();
    assertThat(pod("default/web").bindingLabel("app").build().bindingLabel()).isEqualTo("app");
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, true",
    "RUNNING, true",
    "UNKNOWN, true",
    "SUCCEEDED, false",
    "FAILED, false",
  })
  void aPodOwnsItsAddressUntilItHasEnded(PodPhase phase, boolean owns) {
    assertThat(pod("default/web").phase(phase).build().ownsItsAddress()).isEqualTo(owns);
    assertThat(pod("default/web").phase(phase).hostNetwork().build().ownsItsAddress()).isFalse();
  }

  @Test
  void anEmptyNodeNameIsNone() {
    assertThat(pod("default/web").node("").build().nodeName()).isNull();
  }

  @Test
  void recordsAreNamedAndPlacedAsByVersionOne() {
    AzureIdentity open = identity("apps/x");
    NamespacedName pod = name("shop/web-0");

    assertThat(DesiredAssignment.recordName(pod, open, false))
        .isEqualTo(name("default/web-0-shop-x"));
    assertThat(DesiredAssignment.recordName(pod, open, true)).isEqualTo(name("apps/web-0-shop-x"));
    assertThat(DesiredAssignment.recordName(pod, namespaced(open), false))
        .isEqualTo(name("apps/web-0-shop-x"));
  }

  @ParameterizedTest(name = "annotated {0}, forced {1}, pod in {2}: {3}")
  @CsvSource({
    "false, false, apps, true",
    "false, false, shop, true",
    "true, false, apps, true",
    "true, false, shop, false",
    "false, true, apps, true",
    "false, true, shop, false",
  })
  void aNamespacedIdentityIsOpenToItsOwnNamespaceOnly(
      boolean annotated, boolean forced, String podNamespace, boolean open) {
    AzureIdentity identity = annotated ? namespaced(identity("apps/x")) : identity("apps/x");

    assertThat(identity.isOpenTo(podNamespace, forced)).isEqualTo(open);
  }

  @Test
  void servicePrincipalsGetTheirTokensFromEntraAndAllElseFromTheNode() {
    assertThat(query(new TokenQuery.Bound(servicePrincipal("shop/sp"))).service())
        .isEqualTo(TokenService.ENTRA);
    assertThat(query(new TokenQuery.Bound(identity("shop/x"))).service())
        .isEqualTo(TokenService.IMDS);
    assertThat(query(new TokenQuery.OfNode(IdentityChoice.ANY)).service())
        .isEqualTo(TokenService.IMDS);
  }

  private static TokenQuery query(TokenQuery.Subject subject) {
    return new TokenQuery(subject, "https://vault.azure.net");
  }
}
