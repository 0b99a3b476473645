package io.podidentity.api.explain;

import static io.podidentity.api.fixture.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation.Lease;
import io.podidentity.api.explain.Situation.OnNode;
import io.podidentity.api.explain.Situation.Pins;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.explain.Situation.WhoAnswers;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.PodPhase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainerTest {
  @Test
  void wellIsWhereNothingIsWrong() {
    Explanation explanation = new Scenery().explain();

    assertThat(explanation.steps())
        .filteredOn(step -> step.part() != Part.NODE)
        .as("no pod of NMI is known here")
        .allMatch(step -> step.verdict() == Verdict.OK);
    assertThat(explanation.isWell()).isTrue();
    assertThat(explanation.cause()).isEmpty();
    assertThat(explanation.query()).isNotNull();
  }

  /**
   * The texts of {@code pkg/mic/mic.go} of v1.8.17, for the pod, and for another whose name begins
   * with its.
   */
  @ParameterizedTest
  @CsvSource({
    "Binding b applied on node n1 for pod web-default-one, true",
    "'failed to apply binding default/b node n1 for pod default/web, error: away', true",
    "Binding b removed from node n1 for pod web, true",
    "Binding b removed from node n1 for pod web., true",
    "Binding b applied on node n1 for pod web-1-default-one, false",
    "'failed to apply binding default/b node n1 for pod default/web-10, error: away', false",
    "'failed to apply binding default/b node n1 for pod other/web, error: away', false",
    "Binding b removed from node n1 for pod web.1, false",
  })
  void eventOfV1IsTakenForThePodThatItNames(String text, boolean itsOwn) {
    Scenery scenery = new Scenery();
    scenery.v1Said(text);

    assertThat(scenery.explain().steps())
        .filteredOn(step -> step.text().contains(text))
        .hasSize(itsOwn ? 1 : 0);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("pod-not-found", s -> s.asker = name("other/web")),
        fault("pod-ended", s -> s.web(Scenery.web().phase(PodPhase.FAILED))),
        fault("pod-not-scheduled", s -> s.web(Scenery.web().node(null))),
        fault("pod-on-host-network", s -> s.web(Scenery.web().hostNetwork())),
        fault("pod-without-address", s -> s.web(PodBuilder.pod("default/web").bindingLabel("app"))),
        fault("pod-without-ipv4", s -> s.web(PodBuilder.pod("default/web").address("fd00::1"))),
        fault(
            "pod-ambiguous",
            s -> s.pods.add(PodBuilder.pod("default/twin").address(Scenery.ADDRESS).build())),
        fault(
            "pod-address-taken",
            s -> {
              s.web(Scenery.web().terminating());
              s.pods.add(PodBuilder.pod("default/next").address(Scenery.ADDRESS).build());
            }),
        fault(
            "nmi-not-running",
            s ->
                s.pods.add(
                    PodBuilder.pod("kube/nmi").label("component", "nmi").node("n2").build())),
        fault("not-redirected", s -> s.onNode = answeredBy(WhoAnswers.OTHER)),
        fault("redirect-refused", s -> s.onNode = answeredBy(WhoAnswers.REFUSED)),
        fault("redirect-silent", s -> s.onNode = answeredBy(WhoAnswers.SILENT)),
        fault(
            "route-localnet-off",
            s -> s.onNode = new OnNode(List.of(), 1, WhoAnswers.SILENT, "", null)),
        fault(
            "redirect-failed",
            s -> s.onNode = new OnNode(List.of("iptables is not there"), 0, null, "no file", null)),
        fault("address-not-pinned", s -> s.onNode = pinned(true)),
        fault("pod-not-bound", s -> withoutLabel(s, "app", "web")),
        fault("label-misspelt", s -> withoutLabel(s, "aadPodIdBinding", "app")),
        fault("label-misspelt", s -> withoutLabel(s, "aad-pod-id-binding", "app")),
        fault("label-misspelt", s -> withoutLabel(s, "azure.com/aadpodidbindings", "app")),
        fault("binding-missing", s -> s.binding("default/b", "one", "something-else")),
        fault("selector-case", s -> s.binding("default/b", "one", "App")),
        fault(
            "selector-misspelt",
            s -> {
              s.web(Scenery.web().bindingLabel("orders"));
              s.binding("default/b", "one", "oders");
            }),
        fault("selector-empty", s -> s.binding("default/b", "one", "")),
        fault("binding-without-identity", s -> s.binding("default/b", "", "app")),
        fault("identity-missing", s -> s.binding("default/b", "nobody", "app")),
        fault("identity-misspelt", s -> s.binding("default/b", "noe", "app")),
        fault(
            "identity-in-other-namespace",
            s -> {
              s.identity(Samples.identity("other/one"));
              s.binding("default/b", "one", "app");
            }),
        fault("identity-invalid", s -> s.identity(Samples.unusable("default/one"))),
        fault(
            "identity-namespaced",
            s -> {
              s.identity(Samples.namespaced(Samples.identity("other/one")));
              s.binding("other/b", "one", "app");
            }),
        fault(
            "identity-namespaced",
            s -> {
              s.forceNamespaced = true;
              s.identity(Samples.identity("other/one"));
              s.binding("other/b", "one", "app");
            }),
        fault(
            "record-name-taken",
            s -> {
              // "a-b/c" and "b/c-a": the same record name.
              s.asker = name("b/web-a");
              s.pods.clear();
              s.pods.add(PodBuilder.pod("b/web-a").bindingLabel("app").address("10.0.0.2").build());
              s.pods.add(PodBuilder.pod("a-b/web").bindingLabel("app").address("10.0.0.3").build());
              s.records.clear();
            }),
        fault(
            "binding-in-other-namespace",
            s -> {
              s.managed = true;
              s.forceNamespaced = true;
              s.binding("other/b", "one", "app");
            }),
        fault(
            "identity-missing",
            s -> {
              s.managed = true;
              s.forceNamespaced = true;
              s.binding("default/b", "nobody", "app");
            }),
        fault(
            "node-without-target",
            s -> {
              s.nodes.set(0, Samples.node("n1", null));
              s.records.clear();
            }),
        fault(
            "node-not-initialized",
            s -> {
              s.nodes.set(0, new Node("n1", null, false));
              s.records.clear();
            }),
        fault(
            "mic-not-leading",
            s -> {
              s.lease = new Lease("", Samples.NOW, Duration.ofSeconds(15));
              s.records.clear();
            }),
        fault(
            "mic-not-leading",
            s -> {
              s.lease = new Lease("mic-0", Samples.NOW.minusSeconds(46), Duration.ofSeconds(15));
              s.record(AssignmentState.CREATED);
            }),
        fault(
            "target-rejected",
            s -> {
              s.record(AssignmentState.CREATED);
              s.micFailed("target-rejected");
            }),
        fault("identity-not-bound", s -> s.records.clear()),
        fault("identity-not-assigned", s -> s.record(AssignmentState.CREATED)),
        fault("record-unassigned", s -> s.record(AssignmentState.UNASSIGNED)),
        fault("record-deleting", s -> s.record(of(s).terminating())),
        fault("record-of-former-pod", s -> s.record(of(s).podUid("another"))),
        fault("record-misplaced", s -> s.record(of(s).name("other/web-default-one"))),
        fault("record-not-seen", s -> s.nodeLabels.put(name("default/web-default-one"), "")),
        fault("record-not-seen", s -> s.record(of(s).node("n2"))),
        fault("choice-unknown", s -> s.choice = choiceOf("stranger")),
        fault(
            "choice-not-bound",
            s -> {
              s.identities.add(Samples.identity("default/two"));
              s.choice = choiceOf("two");
            }),
        fault("token-refused", s -> s.tokenFails(failure(ErrorReason.TOKEN_REFUSED))),
        fault("token-unavailable", s -> s.tokenFails(failure(ErrorReason.TOKEN_UNAVAILABLE))),
        fault(
            "identity-not-permitted",
            s -> s.tokenFails(failure(ErrorReason.IDENTITY_NOT_PERMITTED))),
        fault(
            "choice-not-bound",
            s -> {
              // Exempt, and asks for what is another pod's.
              s.web(Scenery.web().label("exempt", "yes"));
              s.exemptions.add(exemption("default", "exempt", "yes"));
              s.identities.add(Samples.identity("default/two"));
              s.choice = choiceOf("two");
              s.asked = null;
            }));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void causeIsTheFirstThingThatKeepsThePodFromItsToken(String code, Consumer<Scenery> damage) {
    Scenery scenery = new Scenery();
    damage.accept(scenery);

    Explanation explanation = scenery.explain();

    assertThat(explanation.cause()).as("%s", explanation.steps()).isEqualTo(code);
    assertThat(explanation.isWell()).isFalse();
    assertThat(explanation.steps())
        .filteredOn(step -> step.verdict() == Verdict.WRONG)
        .allSatisfy(step -> assertThat(step.code()).isNotEmpty());
  }

  static Stream<Arguments> warnings() {
    return Stream.of(
        fault(
            "pod-exempt",
            s -> {
              s.web(Scenery.web().label("exempt", "YES"));
              s.exemptions.add(exemption("default", "exempt", "yes"));
            }),
        fault(
            "pod-exempt",
            s -> {
              s.web(
                  Scenery.web()
                      .serviceAccount("mic-account")
                      .controller("ReplicaSet", "mic-1", "uid"));
              s.micPodIsLive = true;
            }),
        fault(
            "exception-in-other-namespace",
            s -> {
              s.web(Scenery.web().label("exempt", "yes"));
              s.exemptions.add(exemption("other", "exempt", "yes"));
            }),
        fault(
            "exception-label-misspelt",
            s -> {
              s.web(Scenery.web().label("exempt", "yes"));
              s.exemptions.add(exemption("default", "Exempt", "yes"));
            }),
        fault("node-missing", s -> s.nodes.remove(0)),
        fault("mic-not-leading", s -> s.lease = new Lease("", Samples.NOW, Duration.ZERO)),
        fault("target-unavailable", s -> s.micFailed("target-unavailable")),
        fault("mic-warns", Scenery::micWarned),
        fault("record-orphaned", s -> s.bindings.clear()),
        fault(
            "identity-missing", s -> s.bindings.add(Samples.binding("default/c", "nobody", "app"))),
        fault(
            "identity-name-taken",
            s -> {
              s.identities.add(Samples.identity("other/one", "another"));
              s.bindings.add(Samples.binding("other/b", "one", "app"));
            }),
        fault(
            "route-localnet-off",
            s -> s.onNode = new OnNode(List.of(), 2, WhoAnswers.NMI, "", null)),
        fault("address-not-pinned", s -> s.onNode = pinned(false)));
  }

  @ParameterizedTest
  @MethodSource("warnings")
  void whatDoesNotKeepThePodFromItsTokenIsAWarning(String code, Consumer<Scenery> damage) {
    Scenery scenery = new Scenery();
    damage.accept(scenery);

    Explanation explanation = scenery.explain();

    assertThat(explanation.isWell()).as("%s", explanation.steps()).isTrue();
    assertThat(explanation.query()).isNotNull();
    assertThat(explanation.steps())
        .anyMatch(step -> step.verdict() == Verdict.WARNING && step.code().equals(code));
  }

  /** With the role of a standard-mode NMI bindings, nodes, events and leases are out of sight. */
  @ParameterizedTest
  @EnumSource(Resource.class)
  void whatCannotBeReadIsUnknownAndNeverWrong(Resource resource) {
    Scenery scenery = new Scenery();
    scenery.unseen.put(resource, "not permitted");
    switch (resource) {
      case NODES -> scenery.nodes.clear();
      case IDENTITIES -> scenery.identities.clear();
      case BINDINGS -> scenery.bindings.clear();
      case RECORDS -> scenery.records.clear();
      case EXCEPTIONS -> scenery.exemptions.clear();
      case EVENTS -> scenery.said.clear();
      case LEASES -> scenery.lease = null;
    }

    Explanation explanation = scenery.explain();

    boolean answerDependsOnIt =
        resource == Resource.RECORDS
            || resource == Resource.IDENTITIES
            || resource == Resource.EXCEPTIONS;
    assertThat(explanation.query() == null).isEqualTo(answerDependsOnIt);
    if (resource != Resource.IDENTITIES) {
      assertThat(explanation.isWell()).as("%s", explanation.steps()).isTrue();
    }
    if (resource != Resource.NODES) {
      assertThat(explanation.steps())
          .anyMatch(
              step ->
                  step.verdict() == Verdict.UNKNOWN
                      && (step.text().contains("not permitted")
                          || step.text().contains(resource.text())));
    }
  }

  /** What a doctor alone finds is provoked by the doctors' own tests. */
  @Test
  void everyFindingIsProvokedHere() {
    Set<String> provoked =
        Stream.concat(faults(), warnings())
            .map(fault -> (String) fault.get()[0])
            .collect(Collectors.toSet());

    assertThat(Finding.values())
        .filteredOn(finding -> !provoked.contains(finding.code()))
        .containsExactlyInAnyOrder(
            Finding.NMI_NOT_READY,
            Finding.IMDS_UNREACHABLE,
            Finding.CLOCK_SKEWED,
            Finding.PERMISSION_MISSING,
            Finding.DEFINITION_OUTDATED,
            Finding.ARM_PERMISSION_MISSING,
            Finding.IDENTITY_LIMIT);
  }

  @Test
  void hintNamesThePodsOfADeployment() {
    Scenery scenery = new Scenery();
    scenery.pods.add(PodBuilder.pod("default/orders-7c9d-x1").build());
    scenery.asker = name("default/orders");

    assertThat(scenery.explain().steps().get(0).text()).contains("default/orders-7c9d-x1");
  }

  @Test
  void interfaceThatTheAddressIsHeldToIsNamed() {
    Scenery scenery = new Scenery();

    assertThat(scenery.explain().steps())
        .extracting(Step::text)
        .contains(Scenery.ADDRESS + " is held to interface cbr0, port veth7");
  }

  @Test
  void pinThatCannotBeSeenIsUnknown() {
    Scenery scenery = new Scenery();
    scenery.onNode =
        new OnNode(List.of(), 0, WhoAnswers.NMI, "", new Pins(List.of(), true, "no nft"));

    assertThat(scenery.explain().isWell()).isTrue();
    assertThat(scenery.explain().steps())
        .anyMatch(step -> step.verdict() == Verdict.UNKNOWN && step.text().endsWith(": no nft"));
  }

  @Test
  void clientIdsAreNotShownWhole() {
    Scenery scenery = new Scenery();
    scenery.choice = choiceOf("stranger");

    assertThat(scenery.explain().toString())
        .doesNotContain(Samples.clientId("stranger").value())
        .contains("REDACTED");
  }

  private static Arguments fault(String code, Consumer<Scenery> damage) {
    return arguments(code, damage);
  }

  private static OnNode answeredBy(WhoAnswers who) {
    return new OnNode(List.of(), 0, who, "", null);
  }

  private static OnNode pinned(boolean enforced, String... interfaces) {
    return new OnNode(
        List.of(), 0, WhoAnswers.NMI, "", new Pins(List.of(interfaces), enforced, ""));
  }

  private static void withoutLabel(Scenery scenery, String key, String value) {
    scenery.web(PodBuilder.pod("default/web").label(key, value).address(Scenery.ADDRESS));
    scenery.records.clear();
  }

  private static RecordBuilder of(Scenery scenery) {
    return RecordBuilder.record(scenery.pods.get(0), scenery.identities.get(0))
        .binding(scenery.bindings.get(0));
  }

  private static IdentityChoice choiceOf(String identity) {
    return new IdentityChoice(new ClientId(Samples.clientId(identity).value()), null);
  }

  private static PodExemption exemption(String namespace, String key, String value) {
    return new PodExemption(name(namespace + "/exception"), Map.of(key, value));
  }

  private static PodIdentityException failure(ErrorReason reason) {
    return new PodIdentityException(reason, "what happened");
  }
}
