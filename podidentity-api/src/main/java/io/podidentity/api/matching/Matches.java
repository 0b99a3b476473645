package io.podidentity.api.matching;

import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the bindings of a cluster amount to.
 *
 * @param byRecord what is desired, by the name of the record that should exist; in no order, since
 *     sorting it would take longer than finding it
 * @param problems objects that had to be left aside, and why, in a stable order
 */
public record Matches(
    Map<NamespacedName, DesiredAssignment> byRecord, Map<ObjectReference, String> problems) {
  /** The order in which v1 looks at them: by pod, then by binding. */
  static final Comparator<DesiredAssignment> ORDER =
      Comparator.comparing((DesiredAssignment desired) -> desired.pod().name())
          .thenComparing(desired -> desired.binding().name());

  /** Copies the problems, and keeps their order; shows the desired ones as they are. */
  public Matches {
    byRecord = Collections.unmodifiableMap(byRecord);
    problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
  }

  /** What is desired, in a stable order: by pod, then by binding. */
  public List<DesiredAssignment> desired() {
    return byRecord.values().stream().sorted(ORDER).toList();
  }
}
