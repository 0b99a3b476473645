package io.podidentity.api.token;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One fetch, from its request to its outcome. Several may wait for it; it stands in the line of
 * each pod that does, and is made once. Equal to itself only.
 */
final class Flight {
  /** Where it waits for its turn; guarded by the lane's lock. */
  final List<Line> places = new ArrayList<>(1);

  /** Whether it had its turn; guarded by the lane's lock. */
  boolean begun;

  private final TokenQuery query;
  private final Instant since;
  private final CompletableFuture<List<AccessToken>> outcome = new CompletableFuture<>();
  private volatile boolean wanted;
  private volatile boolean asked;

  /** A fetch that stands in no line yet. */
  Flight(TokenQuery query, Instant since) {
    this.query = query;
    this.since = since;
  }

  TokenQuery query() {
    return query;
  }

  /** When it was first asked for. */
  Instant since() {
    return since;
  }

  /** Complete when the tokens are there; whoever completes it first decides. */
  CompletableFuture<List<AccessToken>> outcome() {
    return outcome;
  }

  /** A pod waits for it: it is no mere refresh. */
  void want() {
    wanted = true;
  }

  boolean isWanted() {
    return wanted;
  }

  /** The token service is asked now: the outcome tells about the service. */
  void ask() {
    asked = true;
  }

  boolean wasAsked() {
    return asked;
  }
}
