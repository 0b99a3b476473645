package io.podidentity.api.assignment;

import io.podidentity.api.model.Notice;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.spi.Telemetry;
import java.util.Map;
import java.util.Set;

/**
 * Tells each problem and notice of plans once, when it appears or changes. Of one pass at a time.
 */
final class PlanReports {
  private final Telemetry telemetry;

  private Map<ObjectReference, String> reported = Map.of();
  private Set<Notice> noticed = Set.of();

  PlanReports(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  void tell(AssignmentPlan plan) {
    Map<ObjectReference, String> known = reported;
    Set<Notice> seen = noticed;
    reported = plan.problems();
    noticed = Set.copyOf(plan.notices());
    plan.problems()
        .forEach(
            (object, problem) -> {
              if (!problem.equals(known.get(object))) {
                telemetry.objectIgnored(object, problem);
              }
            });
    plan.notices().stream().filter(notice -> !seen.contains(notice)).forEach(telemetry::noticed);
  }
}
