package io.podidentity.api.matching;

import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import java.util.List;
import java.util.Map;

/**
 * What the bindings of a cluster amount to.
 *
 * @param desired one for each record that should exist, in a stable order
 * @param problems objects that had to be left aside, and why
 */
public record Matches(List<DesiredAssignment> desired, Map<NamespacedName, String> problems) {
  public Matches {
    desired = List.copyOf(desired);
    problems = Map.copyOf(problems);
  }
}
