package io.podidentity.api.matching;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.namespaced;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.unusable;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BindingMatcherTest {
  private final List<Pod> pods = new ArrayList<>();
  private final List<AzureIdentity> identities = new ArrayList<>();
  private final List<IdentityBinding> bindings = new ArrayList<>();

  @ParameterizedTest(name = "pod in {0}, binding in {1}, annotated {2}, forced {3}: {4}")
  @CsvSource({
    "apps, apps, false, false, true",
    "shop, apps, false, false, true",
    "apps, apps, true, false, true",
    "shop, apps, true, false, false",
    "apps, apps, false, true, true",
    "shop, apps, false, true, false",
    "shop, apps, true, true, false",
  })
  @DisplayName("a namespaced identity is for pods of its own namespace, another for all")
  void namespaces(
      String podNamespace, String namespace, boolean annotated, boolean forced, boolean matches) {
    AzureIdentity identity = identity(namespace + "/x");
    pods.add(bound(podNamespace + "/web", "app"));
    identities.add(annotated ? namespaced(identity) : identity);
    bindings.add(binding(namespace + "/b", "x", "app"));

    assertThat(match(forced).desired()).hasSize(matches ? 1 : 0);
  }

  @Test
  void aBindingNamesAnIdentityOfItsOwnNamespace() {
    pods.add(bound("apps/web", "app"));
    identities.add(identity("apps/x"));
    bindings.add(binding("shop/b", "x", "app"));

    assertThat(match(false).desired()).isEmpty();
  }

  @ParameterizedTest(name = "label \"{0}\", selector \"{1}\": {2}")
  @CsvSource({
    "app, app, 1",
    "app, App, 0",
    "app, app2, 0",
    // Texts of the same hash.
    "Aa, BB, 0",
    "'', '', 0",
    "app, '', 0",
    "'', app, 0",
  })
  void theLabelMustEqualTheSelectorAndNeitherMayBeEmpty(String label, String selector, int count) {
    pods.add(bound("default/web", label));
    identities.add(identity("default/x"));
    bindings.add(binding("default/b", "x", selector));

    assertThat(match(false).desired()).hasSize(count);
  }

  @Test
  void aPodWithoutTheLabelMatchesNothingNotEvenAnEmptySelector() {
    pods.add(pod("default/web").build());
    identities.add(identity("default/x"));
    bindings.add(binding("default/b", "x", ""));

    assertThat(match(false).desired()).isEmpty();
  }

  @Test
  void aBindingWithoutAnIdentityBindsNothing() {
    pods.add(bound("default/web", "app"));
    bindings.add(binding("default/b", "", "app"));
    bindings.add(binding("default/c", "missing", "app"));

    assertThat(match(false).desired()).isEmpty();
    assertThat(match(false).problems()).isEmpty();
  }

  @Test
  void aPodThatIsNotScheduledGetsNothing() {
    pods.add(pod("default/web").bindingLabel("app").node(null).build());
    identities.add(identity("default/x"));
    bindings.add(binding("default/b", "x", "app"));

    assertThat(match(false).desired()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SUCCEEDED", "FAILED"})
  void aPodThatHasEndedGetsNothing(PodPhase phase) {
    onePodInPhase(phase);

    assertThat(match(false).desired()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      names = {"SUCCEEDED", "FAILED"},
      mode = Mode.EXCLUDE)
  void aPodKeepsItsIdentityUntilItHasEnded(PodPhase phase) {
    onePodInPhase(phase);

    assertThat(match(false).desired()).hasSize(1);
  }

  @Test
  void aTerminatingPodKeepsItsIdentityUntilItIsGone() {
    pods.add(pod("default/web").bindingLabel("app").terminating().build());
    identities.add(identity("default/x"));
    bindings.add(binding("default/b", "x", "app"));

    assertThat(match(false).desired()).hasSize(1);
  }

  @Test
  void aMatchHoldsAllItsParts() {
    pods.add(pod("shop/web").bindingLabel("app").node("n7").build());
    identities.add(identity("apps/x"));
    bindings.add(binding("apps/b", "x", "app"));

    assertThat(match(false).desired())
        .containsExactly(
            new DesiredAssignment(
                name("default/web-shop-x"), pods.get(0), "n7", bindings.get(0), identities.get(0)));
  }

  @Test
  void theRecordOfANamespacedIdentityLiesInItsNamespace() {
    pods.add(bound("apps/web", "app"));
    identities.add(identity("apps/open"));
    identities.add(namespaced(identity("apps/kept")));
    bindings.add(binding("apps/a", "open", "app"));
    bindings.add(binding("apps/b", "kept", "app"));

    assertThat(match(false).desired())
        .extracting(DesiredAssignment::record)
        .containsExactly(name("default/web-apps-open"), name("apps/web-apps-kept"));
    assertThat(match(true).desired())
        .extracting(DesiredAssignment::record)
        .containsExactly(name("apps/web-apps-open"), name("apps/web-apps-kept"));
  }

  @Test
  void aPodMayHaveSeveralIdentitiesAndAnIdentitySeveralPods() {
    pods.add(bound("default/a", "app"));
    pods.add(bound("default/b", "app"));
    identities.add(identity("default/x"));
    identities.add(servicePrincipal("default/y"));
    bindings.add(binding("default/x", "x", "app"));
    bindings.add(binding("default/y", "y", "app"));

    assertThat(match(false).desired())
        .extracting(desired -> desired.record().name())
        .containsExactly("a-default-x", "a-default-y", "b-default-x", "b-default-y");
  }

  @Test
  @DisplayName(
      "of two identities of one name the one in the first namespace wins (v1's e2e: name_conflict)")
  void firstOfEqualNamesWins() {
    pods.add(bound("default/web", "app"));
    identities.add(identity("b/x"));
    identities.add(identity("a/x"));
    bindings.add(binding("b/one", "x", "app"));
    bindings.add(binding("a/two", "x", "app"));

    Matches matches = match(false);

    assertThat(matches.desired())
        .singleElement()
        .satisfies(
            desired -> {
              assertThat(desired.identity().name()).isEqualTo(name("a/x"));
              assertThat(desired.binding().name()).isEqualTo(name("a/two"));
            });
    assertThat(matches.problems()).containsOnlyKeys(aBinding("b/one"));
    assertThat(matches.problems().get(aBinding("b/one"))).contains("a/x").contains("b/x");
  }

  @Test
  void theTextOfAConflictDoesNotChangeWithThePods() {
    identities.add(identity("b/x"));
    identities.add(identity("a/x"));
    bindings.add(binding("b/one", "x", "app"));
    bindings.add(binding("a/two", "x", "app"));
    pods.add(bound("default/web-0", "app"));
    var before = match(false).problems();

    pods.clear();
    pods.add(bound("default/web-1", "app"));
    pods.add(bound("default/web-2", "app"));

    assertThat(match(false).problems()).isEqualTo(before);
  }

  @Test
  void anOpenAndANamespacedIdentityOfOneNameBothCount() {
    pods.add(bound("b/web", "app"));
    identities.add(identity("a/x"));
    identities.add(namespaced(identity("b/x", "other")));
    bindings.add(binding("a/one", "x", "app"));
    bindings.add(binding("b/two", "x", "app"));

    assertThat(match(false).desired())
        .extracting(DesiredAssignment::record)
        .containsExactly(name("default/web-b-x"), name("b/web-b-x"));
    assertThat(match(false).problems()).isEmpty();
  }

  @Test
  void bindingsAreTriedInTheirOrderWhetherOrNotTheyAreNamespaced() {
    pods.add(bound("default/web", "app"));
    identities.add(identity("z/x"));
    identities.add(namespaced(identity("default/x")));
    bindings.add(binding("z/late", "x", "app"));
    bindings.add(binding("default/early", "x", "app"));

    // Both records are default/web-default-x.
    assertThat(match(false).desired())
        .extracting(desired -> desired.binding().name())
        .containsExactly(name("default/early"));
  }

  @Test
  void twoBindingsOfOneIdentityAreNoConflict() {
    pods.add(bound("default/web", "app"));
    identities.add(identity("default/x"));
    bindings.add(binding("default/two", "x", "app"));
    bindings.add(binding("default/one", "x", "app"));

    assertThat(match(false).desired())
        .extracting(desired -> desired.binding().name())
        .containsExactly(name("default/one"));
    assertThat(match(false).problems()).isEmpty();
  }

  @Test
  void twoPodsWhoseRecordsWouldShareANameAreAConflict() {
    pods.add(bound("b-c/a", "app"));
    pods.add(bound("c/a-b", "app"));
    identities.add(identity("default/x"));
    bindings.add(binding("default/x", "x", "app"));

    Matches matches = match(false);

    assertThat(matches.desired())
        .singleElement()
        .satisfies(desired -> assertThat(desired.pod().name()).isEqualTo(name("b-c/a")));
    assertThat(matches.problems().get(aBinding("default/x"))).contains("b-c/a").contains("c/a-b");
  }

  @Test
  void anUnusableIdentityIsLeftAsideAndItsProblemTold() {
    pods.add(bound("default/web", "app"));
    identities.add(unusable("default/bad"));
    identities.add(identity("default/good"));
    bindings.add(binding("default/1", "bad", "app"));
    bindings.add(binding("default/2", "good", "app"));

    Matches matches = match(false);

    assertThat(matches.desired())
        .extracting(desired -> desired.identity().name())
        .containsExactly(name("default/good"));
    assertThat(matches.problems())
        .containsExactly(
            java.util.Map.entry(anIdentity("default/bad"), "Invalid resource id: nonsense"));
  }

  @Test
  void problemsComeInAStableOrder() {
    for (String text : List.of("c/x", "a/y", "b/z", "a/a", "d/q")) {
      identities.add(unusable(text));
    }

    assertThat(match(false).problems().keySet())
        .extracting(object -> object.name().toString())
        .containsExactly("a/a", "a/y", "b/z", "c/x", "d/q");
  }

  @Test
  void theOrderOfTheSnapshotMakesNoDifference() {
    for (int i = 0; i < 6; i++) {
      pods.add(bound("ns%d/web-%d".formatted(i % 2, i), "app" + i % 3));
      identities.add(identity("ns%d/x%d".formatted(i % 3, i % 2)));
      bindings.add(binding("ns%d/b%d".formatted(i % 3, i), "x" + i % 2, "app" + i % 3));
    }
    Matches expected = match(false);
    assertThat(expected.desired()).isNotEmpty();

    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Collections.shuffle(pods, random);
      Collections.shuffle(bindings, random);
      Collections.shuffle(identities, random);

      assertThat(match(false)).isEqualTo(expected);
    }
  }

  private void onePodInPhase(PodPhase phase) {
    pods.add(pod("default/web").bindingLabel("app").phase(phase).build());
    identities.add(identity("default/x"));
    bindings.add(binding("default/b", "x", "app"));
  }

  private Matches match(boolean forceNamespaced) {
    return new BindingMatcher(forceNamespaced)
        .match(new ClusterSnapshot(pods, identities, bindings, List.of(), List.of(), Samples.NOW));
  }

  private static ObjectReference anIdentity(String text) {
    return new ObjectReference("AzureIdentity", name(text));
  }

  private static ObjectReference aBinding(String text) {
    return new ObjectReference("AzureIdentityBinding", name(text));
  }
}
