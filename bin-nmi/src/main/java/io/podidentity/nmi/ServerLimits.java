package io.podidentity.nmi;

import java.time.Duration;

/**
 * What clients may cost.
 *
 * @param parse how long a request's line and headers may take to come
 * @param idle how long a connection may be open without a request
 * @param hold how long it may be open with one: the longest hold, and what comes beside it
 * @param perSource connections from one address at most; one more is closed at once
 * @param connections from all addresses together; see {@link ConnectionLimit} for how they share
 */
record ServerLimits(Duration parse, Duration idle, Duration hold, int perSource, int connections) {

  /** For what comes beside the hold: fetching the token, and a slow client. */
  private static final Duration BESIDE_HOLD = Duration.ofMinutes(1);

  /** A pod's clients keep a few open; one that keeps no token may open a thousand at its start. */
  private static final int PER_SOURCE = 1024;

  /** Each takes up to 6 KiB of a heap of 64 MiB while its request waits. */
  private static final int CONNECTIONS = 4 * 1024;

  /** The defaults, for a server that holds requests that long. */
  static ServerLimits withHold(Duration longestHold) {
    return new ServerLimits(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        longestHold.plus(BESIDE_HOLD),
        PER_SOURCE,
        CONNECTIONS);
  }
}
