package io.podidentity.testkit.azure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The platform's own cache: the same token again and again, for each identity and resource.
 *
 * <p>Source:
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-faq
 * (cached per resource for about 24 hours, cannot be forced) and
 * https://github.com/Azure/aad-pod-identity/issues/980 (renewed when asked an hour later). Safe for
 * use by several threads.
 */
final class ImdsTokenCache {
  private static final Duration GIVEN_AGAIN = Duration.ofHours(1);

  private final Clock clock;
  private final FakeTokens tokens;
  private final Map<Key, Entry> entries = new HashMap<>();
  private Duration lifetime = Duration.ofHours(24);

  ImdsTokenCache(Clock clock, FakeTokens tokens) {
    this.clock = clock;
    this.tokens = tokens;
  }

  /** Applies to tokens issued from now on; forgets the others. */
  synchronized void lifetime(Duration newLifetime) {
    if (newLifetime.isNegative() || newLifetime.isZero()) {
      throw new IllegalArgumentException("lifetime must be positive: " + newLifetime);
    }
    lifetime = newLifetime;
    entries.clear();
  }

  synchronized FakeTokens.Issued token(FakeTokens.Subject subject, String resource, boolean fresh) {
    Key key = new Key(subject, resource);
    Entry entry = entries.get(key);
    if (fresh || entry == null || !clock.instant().isBefore(entry.givenUntil)) {
      entry = issue(subject, resource);
      entries.put(key, entry);
    }
    return entry.issued;
  }

  private Entry issue(FakeTokens.Subject subject, String resource) {
    Duration half = lifetime.dividedBy(2);
    Duration again = half.compareTo(GIVEN_AGAIN) < 0 ? half : GIVEN_AGAIN;
    return new Entry(tokens.issue(subject, resource, lifetime), clock.instant().plus(again));
  }

  private record Key(FakeTokens.Subject subject, String resource) {}

  private record Entry(FakeTokens.Issued issued, Instant givenUntil) {}
}
