package io.podidentity.api.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.matching.IdentitySelector;
import io.podidentity.api.matching.Selection;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import io.podidentity.testkit.SeededCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Explanations agree with the rules they explain, in clusters where names and labels collide. */
class ExplainedClustersTest {
  private static final int CLUSTERS = 600;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void agreeWithTheRules(boolean forceNamespaced) {
    int granted = 0;
    int refused = 0;
    for (int seed = 0; seed < CLUSTERS; seed++) {
      ClusterSnapshot cluster = withAddresses(SeededCluster.of(seed, forceNamespaced));
      for (Pod pod : cluster.pods()) {
        Explanation explanation = Explainer.explain(situation(cluster, pod, forceNamespaced));

        String what = seed + " " + pod.name() + " " + explanation.steps();
        if (!pod.ownsItsAddress() || pod.nodeName() == null) {
          assertThat(explanation.isWell()).as(what).isFalse();
          continue;
        }
        Selection selection =
            new IdentitySelector(forceNamespaced)
                .select(
                    pod,
                    IdentityChoice.ANY,
                    cluster.records().stream()
                        .filter(record -> record.pod().equals(pod.name()))
                        .filter(record -> record.nodeName().equals(pod.nodeName()))
                        .toList());
        assertThat(explanation.query() != null)
            .as(what)
            .isEqualTo(selection instanceof Selection.Chosen);
        assertThat(explanation.isWell()).as(what).isEqualTo(explanation.query() != null);
        assertThat(explanation.cause().isEmpty()).as(what).isEqualTo(explanation.isWell());
        assertThat(matchedBindings(explanation) > 0)
            .as(what)
            .isEqualTo(isDesired(cluster, pod, forceNamespaced));
        granted += explanation.isWell() ? 1 : 0;
        refused += explanation.isWell() ? 0 : 1;
      }
    }
    assertThat(granted).isGreaterThan(100);
    assertThat(refused).isGreaterThan(100);
  }

  private static long matchedBindings(Explanation explanation) {
    return explanation.steps().stream()
        .filter(step -> step.part() == Part.BINDING && step.verdict() == Verdict.OK)
        .count();
  }

  private static boolean isDesired(ClusterSnapshot cluster, Pod pod, boolean forceNamespaced) {
    return new BindingMatcher(forceNamespaced)
        .match(cluster).desired().stream().anyMatch(it -> it.pod().equals(pod));
  }

  private static Situation situation(ClusterSnapshot cluster, Pod pod, boolean forceNamespaced) {
    Scenery scenery = new Scenery();
    scenery.pods.clear();
    scenery.pods.addAll(cluster.pods());
    scenery.identities.clear();
    scenery.identities.addAll(cluster.identities());
    scenery.bindings.clear();
    scenery.bindings.addAll(cluster.bindings());
    scenery.records.clear();
    scenery.records.addAll(cluster.records());
    scenery.nodes.clear();
    scenery.nodes.addAll(cluster.nodes());
    scenery.asker = pod.name();
    scenery.forceNamespaced = forceNamespaced;
    return scenery.situation();
  }

  private static ClusterSnapshot withAddresses(ClusterSnapshot cluster) {
    List<Pod> pods = new ArrayList<>();
    for (Pod pod : cluster.pods()) {
      pods.add(
          new Pod(
              pod.name(),
              pod.uid(),
              pod.nodeName(),
              pod.labels(),
              Set.of(Samples.address("10.0.0." + (pods.size() + 1))),
              pod.phase(),
              pod.hostNetwork(),
              pod.terminating(),
              pod.serviceAccount(),
              pod.controller()));
    }
    return new ClusterSnapshot(
        pods,
        cluster.identities(),
        cluster.bindings(),
        cluster.records(),
        cluster.nodes(),
        cluster.now());
  }
}
