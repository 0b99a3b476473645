package io.podidentity.example.planning;

import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlanReasons;
import io.podidentity.api.assignment.PlannedStep;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.NamespacedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Prints what the objects in a file would have MIC assign. With two files, of what is there and of
 * what is proposed, also what pods would lose.
 */
public final class PlanCheck {
  private PlanCheck() {}

  /** Exit code 0: all is well; 1: an object is left aside, or a pod loses an identity. */
  public static void main(String[] args) throws IOException {
    Result result = check(Files.readString(Path.of(args[args.length - 1])));
    if (args.length > 1) {
      result = result.after(check(Files.readString(Path.of(args[0]))));
    }
    result.lines().forEach(System.out::println);
    System.exit(result.isWell() ? 0 : 1);
  }

  /** That a pod has an identity, by their names. */
  record Use(NamespacedName pod, NamespacedName identity) {}

  /**
   * What came of it.
   *
   * @param lines for people
   * @param uses what pods get
   * @param isWell whether nothing is wrong
   */
  record Result(List<String> lines, Set<Use> uses, boolean isWell) {
    /** As a change of what was there before. */
    Result after(Result before) {
      Set<Use> lost = new LinkedHashSet<>(before.uses);
      lost.removeAll(uses);
      List<String> all = new ArrayList<>(lines);
      lost.forEach(use -> all.add("pod %s loses %s".formatted(use.pod(), use.identity())));
      return new Result(all, uses, isWell && lost.isEmpty());
    }
  }

  // snippet: plan
  static Result check(String yaml) {
    ClusterSnapshot cluster = ClusterDump.parse(yaml, Instant.EPOCH);
    boolean forceNamespaced = true;
    PlannerOptions options = new PlannerOptions(forceNamespaced, Set.of());
    AssignmentPlan plan = new AssignmentPlanner(options).plan(cluster);

    List<String> lines = new ArrayList<>();
    Set<Use> uses = new LinkedHashSet<>();
    for (PlannedStep step : new PlanReasons(cluster, forceNamespaced).of(plan)) {
      uses.add(new Use(step.pod(), step.identity()));
      lines.add(
          "%s %s for pod %s on %s: %s"
              .formatted(
                  step.action(),
                  step.identity(),
                  step.pod(),
                  step.target() == null ? "no machine" : step.target().id(),
                  step.why()));
    }
    plan.problems().forEach((object, problem) -> lines.add(object + " is left aside: " + problem));
    return new Result(lines, uses, plan.problems().isEmpty());
  }
  // end
}
