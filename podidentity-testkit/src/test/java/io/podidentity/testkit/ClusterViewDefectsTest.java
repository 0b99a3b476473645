package io.podidentity.testkit;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.testkit.contract.ClusterViewContract;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The contract of the cluster view finds what is wrong with a double, clause by clause. */
final class ClusterViewDefectsTest {
  @Test
  void clusterView() {
    PlantedDefects.areFound(
        ClusterViewContract.class,
        View.class,
        List.of(
            shows(
                "no pods that have ended",
                seen ->
                    new ClusterSnapshot(
                        seen.pods().stream().filter(pod -> !pod.phase().isTerminal()).toList(),
                        seen.identities(),
                        seen.bindings(),
                        seen.records(),
                        seen.nodes(),
                        seen.now())),
            shows(
                "no assigned records",
                seen ->
                    new ClusterSnapshot(
                        seen.pods(),
                        seen.identities(),
                        seen.bindings(),
                        seen.records().stream()
                            .filter(record -> record.state() != AssignmentState.ASSIGNED)
                            .toList(),
                        seen.nodes(),
                        seen.now())),
            shows(
                "no identities, bindings and nodes",
                seen ->
                    new ClusterSnapshot(
                        seen.pods(), List.of(), List.of(), seen.records(), List.of(), seen.now())),
            PlantedDefects.stale("snapshot", 0),
            PlantedDefects.deaf("onChange", 1),
            PlantedDefects.clinging("onChange", 1)));
  }

  private static Defect shows(String what, UnaryOperator<ClusterSnapshot> instead) {
    return new Defect("shows " + what, "snapshot", 0, call -> instead.apply(call.result()));
  }

  /** With the planted defect. */
  static class View extends InMemoryClusterViewTest {
    @Override
    protected ClusterView view() {
      return Defect.in(ClusterView.class, super.view());
    }
  }
}
