package io.podidentity.azure.imds;

import io.podidentity.api.model.AzureIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells "not yet" from "not at all", where the metadata service knows no such identity: it does so
 * for a while after an assignment, and also while an identity that someone took off is put back.
 * The time runs from the first such answer, since the service does not say when something was
 * assigned. Thread-safe.
 */
final class AssignmentGrace {
  /** Scale sets take a minute, sometimes several; MIC puts back within three what was taken off. */
  static final Duration LENGTH = Duration.ofMinutes(5);

  /** A node has a few dozen identities; a forgotten one is only waited for once more. */
  private static final int REMEMBERED = 1000;

  private final Clock clock;
  private final Object lock = new Object();
  private final Map<AzureIdentity, Missing> missing =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AzureIdentity, Missing> eldest) {
          return size() > REMEMBERED;
        }
      };

  AssignmentGrace(Clock clock) {
    this.clock = clock;
  }

  /** Notes that the service does not know the identity; returns whether it may still come to. */
  boolean mayStillCome(AzureIdentity identity) {
    Instant now = clock.instant();
    synchronized (lock) {
      Missing known = missing.get(identity);
      Instant first =
          // Long after nobody asked, it may have been there in between.
          known == null || now.isAfter(known.last().plus(LENGTH)) ? now : known.first();
      missing.put(identity, new Missing(first, now));
      return now.isBefore(first.plus(LENGTH));
    }
  }

  /** Notes that the service knows the identity. */
  void isThere(AzureIdentity identity) {
    synchronized (lock) {
      missing.remove(identity);
    }
  }

  private record Missing(Instant first, Instant last) {}
}
