package io.podidentity.example.planning;

import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlanReasons;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.model.ClusterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Prints what the objects in a file would have MIC assign; fails if it would leave any aside. */
public final class PlanCheck {
  private PlanCheck() {}

  /** Exit code 0: all is well; 1: an object is left aside. */
  public static void main(String[] args) throws IOException {
    Result result = check(Files.readString(Path.of(args[0])));
    result.lines().forEach(System.out::println);
    System.exit(result.isWell() ? 0 : 1);
  }

  /**
   * What came of it.
   *
   * @param lines for people
   * @param isWell whether every object could be used
   */
  record Result(List<String> lines, boolean isWell) {}

  // snippet: plan
  static Result check(String yaml) {
    ClusterSnapshot cluster = ClusterDump.parse(yaml, Instant.EPOCH);
    boolean forceNamespaced = true;
    PlannerOptions options = new PlannerOptions(forceNamespaced, Set.of());
    AssignmentPlan plan = new AssignmentPlanner(options).plan(cluster);

    List<String> lines = new ArrayList<>();
    new PlanReasons(cluster, forceNamespaced)
        .of(plan)
        .forEach(
            step ->
                lines.add(
                    "%s %s for pod %s on %s: %s"
                        .formatted(
                            step.action(),
                            step.identity(),
                            step.pod(),
                            step.target() == null ? "no machine" : step.target().id(),
                            step.why())));
    plan.problems().forEach((object, problem) -> lines.add(object + " is left aside: " + problem));
    return new Result(lines, plan.problems().isEmpty());
  }
  // end
}
