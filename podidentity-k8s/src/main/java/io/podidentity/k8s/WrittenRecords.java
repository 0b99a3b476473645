package io.podidentity.k8s;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.NamespacedName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What we wrote ourselves and the watch has not told us yet. Laid over what it told, so that the
 * pass after a write does not do the same again. Each entry is kept until the watch has caught up.
 * Thread-safe.
 */
final class WrittenRecords {
  /**
   * One write.
   *
   * @param uid the UID of the record
   * @param version the resource version that it had then
   * @param record what it says since; null if it was deleted
   */
  private record Write(String uid, String version, @Nullable AssignedIdentity record) {}

  private final Map<NamespacedName, Write> writes = new ConcurrentHashMap<>();

  /** The record is as given. */
  void wrote(AssignedIdentity record) {
    Write write = new Write(record.uid(), record.resourceVersion(), record);
    writes.merge(record.name(), write, WrittenRecords::later);
  }

  /** The record was deleted; it had that version, or an earlier one, before. */
  void deleted(AssignedIdentity record) {
    writes.put(record.name(), new Write(record.uid(), record.resourceVersion(), null));
  }

  /** Our picture of the record was wrong: what the watch says counts. */
  void forget(NamespacedName name) {
    writes.remove(name);
  }

  /**
   * The records as they are after our writes.
   *
   * @param seen what the watch told
   * @param version up to which it told; {@code seen} may hold later news
   */
  Collection<AssignedIdentity> over(Collection<AssignedIdentity> seen, @Nullable String version) {
    if (writes.isEmpty()) {
      return seen;
    }
    Map<NamespacedName, AssignedIdentity> merged = new HashMap<>();
    seen.forEach(record -> merged.put(record.name(), record));
    for (Map.Entry<NamespacedName, Write> entry : List.copyOf(writes.entrySet())) {
      apply(merged, entry.getKey(), entry.getValue(), version);
    }
    return merged.values();
  }

  /** Whether this news of the watch is what we wrote ourselves, or older than that. */
  boolean isOurs(@Nullable AssignedIdentity before, @Nullable AssignedIdentity after) {
    AssignedIdentity told = after == null ? before : after;
    Write write = told == null ? null : writes.get(told.name());
    if (told == null || write == null || !write.uid.equals(told.uid())) {
      return false;
    }
    return after == null
        ? write.record == null
        : write.record == null || Versions.includes(write.version, after.resourceVersion());
  }

  private void apply(
      Map<NamespacedName, AssignedIdentity> merged,
      NamespacedName name,
      Write write,
      @Nullable String version) {
    AssignedIdentity seen = merged.get(name);
    boolean caughtUp = Versions.includes(version, write.version);
    if (write.record == null) {
      if (seen != null && seen.uid().equals(write.uid)) {
        merged.remove(name);
      } else if (caughtUp) {
        writes.remove(name, write);
      }
    } else if (caughtUp || isNewer(seen, write)) {
      writes.remove(name, write);
    } else {
      merged.put(name, write.record);
    }
  }

  private static boolean isNewer(@Nullable AssignedIdentity seen, Write write) {
    return seen != null && Versions.includes(seen.resourceVersion(), write.version);
  }

  private static Write later(Write known, Write next) {
    boolean overtaken =
        known.uid.equals(next.uid)
            && (known.record == null || Versions.includes(known.version, next.version));
    return overtaken ? known : next;
  }
}
