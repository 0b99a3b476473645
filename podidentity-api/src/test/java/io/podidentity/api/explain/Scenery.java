package io.podidentity.api.explain;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation.Asked;
import io.podidentity.api.explain.Situation.Lease;
import io.podidentity.api.explain.Situation.OnNode;
import io.podidentity.api.explain.Situation.Pins;
import io.podidentity.api.explain.Situation.RecordFacts;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.explain.Situation.Said;
import io.podidentity.api.explain.Situation.WhoAnswers;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A situation in which all is well, to be damaged: pod {@code default/web} on node {@code n1} with
 * the label {@code app}, and AzureIdentity {@code default/one}, bound and assigned.
 */
final class Scenery {
  static final String ADDRESS = "10.0.0.1";

  static final Pins PINNED = new Pins(List.of("cbr0", "veth7"), false, "");

  final List<Pod> pods = new ArrayList<>();
  final List<AzureIdentity> identities = new ArrayList<>(List.of(Samples.identity("default/one")));
  final List<IdentityBinding> bindings =
      new ArrayList<>(List.of(Samples.binding("default/b", "one", "app")));
  final List<AssignedIdentity> records = new ArrayList<>();
  final List<Node> nodes = new ArrayList<>(List.of(Samples.node("n1"), Samples.node("n2")));
  final List<PodExemption> exemptions = new ArrayList<>();
  final Map<NamespacedName, String> nodeLabels = new HashMap<>();
  final List<Said> said = new ArrayList<>();
  final Map<Resource, String> unseen = new EnumMap<>(Resource.class);
  NamespacedName asker = Samples.name("default/web");
  IdentityChoice choice = IdentityChoice.ANY;
  boolean managed;
  boolean forceNamespaced;
  boolean micPodIsLive;
  @Nullable Lease lease = new Lease("mic-0", Samples.NOW, Duration.ofSeconds(15));
  @Nullable OnNode onNode = new OnNode(List.of(), 0, WhoAnswers.NMI, "", PINNED);
  @Nullable Asked asked = new Asked(null);

  Scenery() {
    web(web());
    record(AssignmentState.ASSIGNED);
  }

  static PodBuilder web() {
    return PodBuilder.pod("default/web").bindingLabel("app").address(ADDRESS);
  }

  /** In the place of the pod that asks. */
  void web(PodBuilder pod) {
    pods.removeIf(it -> it.name().equals(asker));
    pods.add(pod.build());
  }

  void binding(String name, String identity, String selector) {
    bindings.clear();
    bindings.add(Samples.binding(name, identity, selector));
    records.clear();
  }

  void identity(AzureIdentity identity) {
    identities.clear();
    identities.add(identity);
    records.clear();
  }

  /** In the place of all others. */
  void record(AssignmentState state) {
    record(
        RecordBuilder.record(pods.get(0), identities.get(0)).binding(bindings.get(0)).state(state));
  }

  void record(RecordBuilder record) {
    records.clear();
    records.add(record.build());
  }

  /** MIC's last word about the binding. */
  void micFailed(String code) {
    said.add(
        new Said(
            new ObjectReference("AzureIdentityBinding", bindings.get(0).name()),
            true,
            "binding apply error",
            "failed to apply binding",
            code,
            asker,
            Samples.NOW));
  }

  /** An event of v1's MIC about the binding, which names the pod in its text alone. */
  void v1Said(String text) {
    said.add(
        new Said(
            new ObjectReference("AzureIdentityBinding", bindings.get(0).name()),
            false,
            "binding applied",
            text,
            "",
            null,
            Samples.NOW));
  }

  /** About the identity. */
  void micWarned() {
    said.add(
        new Said(
            ObjectReference.to(identities.get(0)),
            true,
            "identity warning",
            "it is the cluster's own identity",
            "",
            null,
            Samples.NOW));
  }

  void tokenFails(PodIdentityException refusal) {
    asked = new Asked(refusal);
  }

  Explanation explain() {
    return Explainer.explain(situation());
  }

  Situation situation() {
    Map<NamespacedName, RecordFacts> facts = new HashMap<>();
    for (AssignedIdentity record : records) {
      facts.put(
          record.name(),
          new RecordFacts(
              Samples.NOW.minusSeconds(90),
              nodeLabels.getOrDefault(record.name(), record.nodeName())));
    }
    return new Situation(
        new Situation.Request(asker, choice, "https://management.azure.com/"),
        new Situation.Options(
            managed, forceNamespaced, true, false, new MicPods("default", "mic-account")),
        new ClusterSnapshot(pods, identities, bindings, records, nodes, Samples.NOW),
        exemptions,
        facts,
        micPodIsLive,
        said,
        lease,
        unseen,
        onNode,
        asked);
  }
}
