package io.podidentity.api.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a Kubernetes Secret holds. It never prints its values.
 *
 * @param entries the values by key, in the keys' order; the arrays are not copied: who gets them
 *     may overwrite them when done
 */
public record SecretData(Map<String, byte[]> entries) {
  /** Copies the map, but not the bytes in it. */
  public SecretData {
    entries = Collections.unmodifiableMap(new TreeMap<>(entries));
  }

  @Override
  public String toString() {
    return "SecretData[" + entries.size() + " entries]";
  }
}
