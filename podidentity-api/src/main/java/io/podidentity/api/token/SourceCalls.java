package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.TokenSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Asks a source for what a flight is about, and tells how that went. Blocks as the source does.
 * Thread-safe.
 */
record SourceCalls(TokenSource source, Clock clock, Telemetry telemetry) {
  SourceCalls {
    requireNonNull(source, "source");
    requireNonNull(clock, "clock");
    requireNonNull(telemetry, "telemetry");
  }

  /**
   * The tokens, at least one. Of a flight that is given up meanwhile they are nobody's.
   *
   * @throws RuntimeException of the source
   */
  List<AccessToken> ask(Flight flight, TokenSource.Budget budget) {
    flight.begin();
    try {
      CachedTokens known = flight.known();
      // A pod that waits for it finds those too old.
      return known != null && !flight.isWanted() && isStillBy(known, flight.query())
          ? known.tokens()
          : askAnew(flight, budget);
    } finally {
      boolean unused = flight.end();
    }
  }

  /** Tells that a flight is given up, whatever comes of it later, which is not told. */
  void gaveUp(Flight flight, PodIdentityException refusal) {
    Instant start = flight.asked();
    if (start != null) {
      telemetry.tokenFetchFailed(
          flight.query(), waited(flight, start), took(flight, start), refusal);
    }
  }

  private List<AccessToken> askAnew(Flight flight, TokenSource.Budget budget) {
    Instant start = clock.instant();
    flight.ask(start);
    try {
      List<AccessToken> tokens = fetch(flight, budget);
      if (tokens.isEmpty()) {
        throw new IllegalStateException("the token source gave no token and no reason");
      }
      if (!flight.end()) {
        telemetry.tokenFetched(flight.query(), waited(flight, start), took(flight, start));
      }
      return tokens;
    } catch (RuntimeException e) {
      if (!flight.end()) {
        failed(flight, start, e);
      }
      throw e;
    }
  }

  private void failed(Flight flight, Instant start, RuntimeException error) {
    if (flight.wasTurnedAway(error)) {
      telemetry.tokenFetchRefused(flight.query());
    } else {
      telemetry.tokenFetchFailed(flight.query(), waited(flight, start), took(flight, start), error);
    }
  }

  private List<AccessToken> fetch(Flight flight, TokenSource.Budget budget) {
    if (!flight.isToBeKept()) {
      return List.copyOf(source.fetch(flight.query(), budget));
    }
    TokenSource.Issued issued = source.issue(flight.query(), budget);
    flight.fingerprint(issued.fingerprint());
    return issued.tokens();
  }

  private static Duration waited(Flight flight, Instant start) {
    return Duration.between(flight.since(), start).plus(flight.heldUp());
  }

  private Duration took(Flight flight, Instant start) {
    return Duration.between(start, clock.instant()).minus(flight.heldUp());
  }

  /** One that cannot be told now is looked at another time. */
  private boolean isStillBy(CachedTokens known, TokenQuery query) {
    try {
      return source.fingerprint(query).equals(known.fingerprint());
    } catch (PodIdentityException e) {
      return e.reason().isTransient();
    }
  }
}
