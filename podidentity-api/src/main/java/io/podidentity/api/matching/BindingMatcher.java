package io.podidentity.api.matching;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins pods, bindings and identities as AAD Pod Identity v1's MIC does: a binding matches a pod
 * whose label equals its selector, in any namespace unless namespaced, and names an identity of its
 * own namespace. Linear in the size of the snapshot and of the result.
 */
public final class BindingMatcher {
  private final boolean forceNamespaced;

  /**
   * A matcher for a cluster.
   *
   * @param forceNamespaced whether pod, binding and identity must share a namespace, always
   */
  public BindingMatcher(boolean forceNamespaced) {
    this.forceNamespaced = forceNamespaced;
  }

  /**
   * What a comparison came to.
   *
   * @param told the comparison, which was told all
   * @param problems objects that had to be left aside, and why, in a stable order
   */
  public record Compared<C extends RecordComparison>(
      C told, Map<ObjectReference, String> problems) {
    /** Copies the problems, and keeps their order. */
    public Compared {
      problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
    }
  }

  /** Everything that is desired, in an order that does not depend on the snapshot's. */
  public Matches match(ClusterSnapshot snapshot) {
    Compared<AllDesired> compared = compare(snapshot, AllDesired::new);
    return new Matches(compared.told().byRecord, compared.problems());
  }

  /**
   * The same, compared with the records that there are.
   *
   * @param begin gives a comparison that knows nothing; as a rule it is asked once. What it gave
   *     before the last time was told something that is not so
   */
  public <C extends RecordComparison> Compared<C> compare(
      ClusterSnapshot snapshot, Supplier<C> begin) {
    C told = begin.get();
    BindingJoin join = new BindingJoin(forceNamespaced, snapshot.records(), told);
    if (!join.run(snapshot, snapshot.pods())) {
      // Two pods with one record name, in the wrong order: too seldom to sort them each time.
      List<Pod> byName = snapshot.pods().stream().sorted(Comparator.comparing(Pod::name)).toList();
      told = begin.get();
      join = new BindingJoin(forceNamespaced, snapshot.records(), told);
      join.run(snapshot, byName);
    }
    join.tellTheRest();
    return new Compared<>(told, join.problems());
  }

  /** Keeps what is desired, by the name of its record. */
  private static final class AllDesired implements RecordComparison {
    final Map<NamespacedName, DesiredAssignment> byRecord = new HashMap<>();

    @Override
    public void desired(DesiredAssignment desired, @Nullable AssignedIdentity record) {
      byRecord.put(desired.record(), desired);
    }

    @Override
    public void leftOver(AssignedIdentity record) {}
  }
}
