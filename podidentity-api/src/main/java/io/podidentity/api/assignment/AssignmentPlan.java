package io.podidentity.api.assignment;

import io.podidentity.api.model.ObjectReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to be done so that the cluster's records and Azure are as desired.
 *
 * @param targets one plan for each target on which there is something to do, in a stable order
 * @param problems objects that had to be left aside, and why, in a stable order
 */
public record AssignmentPlan(List<TargetPlan> targets, Map<ObjectReference, String> problems) {
  public AssignmentPlan {
    targets = List.copyOf(targets);
    problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
  }
}
