package io.podidentity.api.matching;

import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ObjectReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the bindings of a cluster amount to.
 *
 * @param desired one for each record that should exist, in a stable order
 * @param problems objects that had to be left aside, and why, in a stable order
 */
public record Matches(List<DesiredAssignment> desired, Map<ObjectReference, String> problems) {
  public Matches {
    desired = List.copyOf(desired);
    problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
  }
}
