package io.podidentity.azure.entra;

import java.util.LinkedHashMap;
import java.util.Map;

/** Tells what happens for the first time, so that a warning is not repeated. Thread-safe. */
final class FirstTimes {
  private static final int REMEMBERED = 1000;

  private final Object lock = new Object();
  private final Map<Object, Boolean> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  boolean isFirst(Object what) {
    synchronized (lock) {
      return seen.put(what, true) == null;
    }
  }
}
