package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Node;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a MIC does once as soon as it knows the cluster, so that it works sooner when it leads: it
 * plans, looks at one machine, and does what writes of records need. By then its classes are
 * loaded, and it has a token and connections. It changes nothing. One that leads already is about
 * to plan and look itself: a second plan beside that would only need as much memory again.
 *
 * @param leads whether it leads already
 * @param writes does what writes need, and writes nothing
 */
record Rehearsal(
    ClusterView view,
    AssignmentPlanner planner,
    ComputeIdentities compute,
    BooleanSupplier leads,
    Runnable writes) {
  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

  /** A failure is nobody's concern: it will be said when it matters. */
  void run() {
    try {
      writes.run();
      if (leads.getAsBoolean()) {
        return;
      }
      ClusterSnapshot picture = view.snapshot();
      var unusedPlan = planner.plan(picture);
      ComputeTarget any =
          picture.nodes().stream()
              .map(Node::target)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      if (any != null) {
        var unused = compute.read(any);
      }
    } catch (RuntimeException e) {
      log.debug("a rehearsal failed", e);
    }
  }
}
