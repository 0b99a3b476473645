package io.podidentity.api.matching;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.NamespacedName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by the names that they should have, without putting these names together: nearly
 * all of them are there already, and a hundred thousand long texts are most of what a plan costs in
 * a JVM that stops at its first compiler, as MIC's does. Not thread-safe.
 */
final class RecordTable {
  /** What is not found in so many steps is looked up in a map: names can be made to collide. */
  private static final int STEPS = 24;

  // What has no name of its own is left out.
  private final @Nullable AssignedIdentity[] records;
  // By hash: the whole of it, so that most of what does not fit costs no look, and 1 more than the
  // position in the list; 0 where there is nothing. What finds its place taken has one of the next.
  private final long[] places;
  private final Map<NamespacedName, Integer> crowded = new HashMap<>();

  /** Of several records of one name the last one counts; there are none in a cluster. */
  RecordTable(List<AssignedIdentity> list) {
    records = list.toArray(new AssignedIdentity[0]);
    // A power of two, and no more than half full.
    places = new long[Integer.highestOneBit(Math.max(records.length, 1)) * 4];
    for (int position = 0; position < records.length; position++) {
      add(list.get(position).name(), position);
    }
  }

  private void add(NamespacedName name, int position) {
    int hash = name.hashCode();
    int place = first(hash);
    for (int step = 0; step < STEPS; step++) {
      long there = places[place];
      boolean same = isOf(there, hash) && requireNonNull(record(there)).name().equals(name);
      if (there == 0 || same) {
        places[place] = (long) hash << 32 | position + 1;
        if (same) {
          records[(int) there - 1] = null;
        }
        return;
      }
      place = place + 1 & places.length - 1;
    }
    Integer replaced = crowded.put(name, position);
    if (replaced != null) {
      records[replaced] = null;
    }
  }

  /** The record at a position; null if another one of its name came after it. */
  @Nullable AssignedIdentity get(int position) {
    return records[position];
  }

  /**
   * The position of the record that a pod's identity should have; -1 if there is none.
   *
   * @param form the form of its name
   * @param pod the pod
   * @param hash that of the name
   */
  int find(RecordNames form, NamespacedName pod, int hash) {
    int place = first(hash);
    for (int step = 0; step < STEPS; step++) {
      long there = places[place];
      if (there == 0) {
        return -1;
      }
      if (isOf(there, hash) && form.fits(requireNonNull(record(there)).name(), pod)) {
        return (int) there - 1;
      }
      place = place + 1 & places.length - 1;
    }
    return crowded.getOrDefault(form.of(pod), -1);
  }

  private static boolean isOf(long place, int hash) {
    return (int) (place >>> 32) == hash && place != 0;
  }

  private @Nullable AssignedIdentity record(long place) {
    return records[(int) place - 1];
  }

  private int first(int hash) {
    return (hash ^ hash >>> 16) & places.length - 1;
  }
}
