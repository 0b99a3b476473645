package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Node;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a MIC does once while another one leads, so that it works sooner when it leads itself: it
 * plans, and looks at one machine. By then its classes are loaded, and it has a token and a
 * connection. It changes nothing.
 */
record Rehearsal(ClusterView view, AssignmentPlanner planner, ComputeIdentities compute) {
  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

  /** A failure is nobody's concern: it will be said when it matters. */
  void run() {
    try {
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
