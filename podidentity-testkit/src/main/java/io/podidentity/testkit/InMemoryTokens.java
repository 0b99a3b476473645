package io.podidentity.testkit;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token service in memory, for tests. It issues tokens for the identities that it was told of,
 * and for every choice of the node's. A token's value says whose it is, and is another one each
 * time. Thread-safe.
 */
public final class InMemoryTokens implements TokenSource {
  /** How long its tokens are valid. */
  public static final Duration LIFETIME = Duration.ofHours(24);

  private final Clock clock;
  private final Set<NamespacedName> known = ConcurrentHashMap.newKeySet();
  private final List<TokenQuery> queries = new CopyOnWriteArrayList<>();
  private final AtomicLong issued = new AtomicLong();
  private volatile boolean available = true;

  /** A service that knows no identity yet. */
  public InMemoryTokens(Clock clock) {
    this.clock = requireNonNull(clock, "clock");
  }

  /** Makes an identity known. */
  public void know(NamespacedName identity) {
    known.add(identity);
  }

  /** Makes an identity unknown: it is refused from now on. */
  public void forget(NamespacedName identity) {
    known.remove(identity);
  }

  /** Whether it answers at all; if not, it asks to come again in 7 s. */
  public void available(boolean now) {
    available = now;
  }

  /** What it was asked, in order. */
  public List<TokenQuery> queries() {
    return List.copyOf(queries);
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    queries.add(query);
    String whose =
        query.subject() instanceof TokenQuery.Bound bound
            ? "AzureIdentity " + bound.identity().name()
            : "the node's identity";
    if (Thread.currentThread().isInterrupted()) {
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up getting a token for " + whose);
    }
    if (query.subject() instanceof TokenQuery.Bound bound) {
      check(bound, whose);
    }
    if (!available) {
      throw new PodIdentityException(
          ErrorReason.TOKEN_UNAVAILABLE,
          "cannot get a token for %s: the service is away".formatted(whose),
          Duration.ofSeconds(7),
          null);
    }
    String value = "token %d of %s".formatted(issued.incrementAndGet(), whose);
    return List.of(
        new AccessToken(value, clock.instant().plus(LIFETIME), clock.instant(), query.resource()));
  }

  private void check(TokenQuery.Bound bound, String whose) {
    String doing = "cannot get a token for " + whose;
    if (bound.identity().credential() instanceof Credential.Unusable unusable) {
      throw new PodIdentityException(
          ErrorReason.IDENTITY_INVALID, doing + ": " + unusable.problem());
    }
    if (!known.contains(bound.identity().name())) {
      throw new PodIdentityException(
          ErrorReason.TOKEN_REFUSED, doing + ": the service does not know it");
    }
  }
}
