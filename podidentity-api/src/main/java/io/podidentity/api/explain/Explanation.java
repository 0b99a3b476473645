package io.podidentity.api.explain;

import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.TokenQuery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a request's path, in order.
 *
 * @param steps at least one
 * @param query what NMI would ask the token service for; null if it would refuse before, or that
 *     cannot be told
 */
public record Explanation(List<Step> steps, @Nullable TokenQuery query) {
  /** Copies the list. */
  public Explanation {
    steps = List.copyOf(steps);
  }

  /** Whether nothing that was looked at keeps the pod from its token. */
  public boolean isWell() {
    return steps.stream().noneMatch(step -> step.verdict() == Verdict.WRONG);
  }

  /** The code of the first thing that keeps the pod from its token; empty if there is none. */
  public String cause() {
    return steps.stream()
        .filter(step -> step.verdict() == Verdict.WRONG)
        .map(Step::code)
        .findFirst()
        .orElse("");
  }
}
