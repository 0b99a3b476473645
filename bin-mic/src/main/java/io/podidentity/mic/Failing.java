package io.podidentity.mic;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What fails at present, so that a retry that fails alike is no news. Thread-safe. */
final class Failing {
  /** Who reads only the last hour of a log shall see what still fails. */
  private static final Duration REMINDER = Duration.ofHours(1);

  private static final int REMEMBERED = 10_000;

  private record Failure(Object reason, Instant told) {}

  private final Clock clock;
  private final Map<Object, Failure> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Failure> eldest) {
          return size() > REMEMBERED;
        }
      };

  Failing(Clock clock) {
    this.clock = clock;
  }

  /** Whether that is to be told: it is new, has another reason, or was told an hour ago. */
  boolean isNews(Object subject, Object reason) {
    Instant now = clock.instant();
    synchronized (failures) {
      Failure before = failures.get(subject);
      if (before != null
          && before.reason().equals(reason)
          && now.isBefore(before.told().plus(REMINDER))) {
        return false;
      }
      failures.put(subject, new Failure(reason, now));
      return true;
    }
  }

  /** It does not fail any more. */
  void ended(Object subject) {
    synchronized (failures) {
      failures.remove(subject);
    }
  }
}
