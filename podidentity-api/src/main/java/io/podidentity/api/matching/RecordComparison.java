package io.podidentity.api.matching;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.DesiredAssignment;
import org.jspecify.annotations.Nullable;

/** Is told what there should be in a cluster, and what there is; each once, in no order. */
public interface RecordComparison {
  /**
   * An assignment is desired.
   *
   * @param record the record of its name, whatever else it says; null if there is none
   */
  void desired(DesiredAssignment desired, @Nullable AssignedIdentity record);

  /** There is a record of a name that none should have. */
  void leftOver(AssignedIdentity record);
}
