package io.podidentity.azure.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The last of what was added; what is older is forgotten, so that it does not grow for years.
 * Thread-safe.
 */
public final class RecentSet<T> {
  private final Set<T> members;

  /**
   * An empty set.
   *
   * @param most how many are remembered; at least 1
   */
  public RecentSet(int most) {
    members =
        Collections.synchronizedSet(
            Collections.newSetFromMap(
                new LinkedHashMap<>() {
                  private static final long serialVersionUID = 1L;

                  @Override
                  protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
                    return size() > most;
                  }
                }));
  }

  /** Whether it was not there. */
  public boolean add(T member) {
    return members.add(member);
  }

  /** Whether it is there. */
  public boolean contains(T member) {
    return members.contains(member);
  }
}
