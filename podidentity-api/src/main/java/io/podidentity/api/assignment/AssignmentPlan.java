package io.podidentity.api.assignment;

import io.podidentity.api.model.Notice;
import io.podidentity.api.model.ObjectReference;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done so that the cluster's records and Azure are as desired.
 *
 * @param targets one plan for each target on which there is something to do, in a stable order
 * @param problems objects that had to be left aside, and why, in a stable order
 * @param notices what owners of objects should know, in a stable order
 * @param next when there will be something to do even if nothing changes: an identity is to be
 *     detached then; null if there is no such time
 */
public record AssignmentPlan(
    List<TargetPlan> targets,
    Map<ObjectReference, String> problems,
    List<Notice> notices,
    @Nullable Instant next) {
  /** Copies its parts, and keeps their order. */
  public AssignmentPlan {
    targets = List.copyOf(targets);
    problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
    notices = List.copyOf(notices);
  }
}
