package io.podidentity.api.token;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable CachedTokens known;
  private final boolean toBeKept;
  private volatile String fingerprint = "";
  private volatile Duration heldUp = Duration.ZERO;
  private volatile boolean wanted;
  private volatile @Nullable Instant asked;
  private volatile @Nullable PodIdentityException turnedAway;

  // Guarded by this, as what follows.
  private @Nullable Thread asking;
  private boolean ended;
  private boolean givenUp;

  private Flight(TokenQuery query, Instant since, boolean toBeKept, @Nullable CachedTokens known) {
    this.query = query;
    this.since = since;
    this.toBeKept = toBeKept;
    this.known = known;
  }

  /** A fetch that stands in no line yet, for one request. */
  static Flight once(TokenQuery query, Instant since) {
    return new Flight(query, since, false, null);
  }

  /**
   * A fetch that stands in no line yet, for a cache.
   *
   * @param known its outcome, without a call of the service, if these were got by the credential as
   *     it is; null if the service is to be asked in any case
   */
  static Flight toKeep(TokenQuery query, Instant since, @Nullable CachedTokens known) {
    return new Flight(query, since, true, known);
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

  boolean isToBeKept() {
    return toBeKept;
  }

  @Nullable CachedTokens known() {
    return known;
  }

  /** What the credential is known by; empty if that cannot change. */
  String fingerprint() {
    return fingerprint;
  }

  /** Notes what the credential is known by, by which its tokens were got. */
  void fingerprint(String text) {
    fingerprint = text;
  }

  /** How long it waited between calls of the service, which is not the service's doing. */
  Duration heldUp() {
    return heldUp;
  }

  void heldUp(Duration time) {
    heldUp = time;
  }

  /** A pod waits for it: it is no mere refresh. */
  void want() {
    wanted = true;
  }

  boolean isWanted() {
    return wanted;
  }

  /**
   * The token service is asked now: unless it is turned away, the outcome tells about the service.
   */
  void ask(Instant now) {
    asked = now;
  }

  boolean wasAsked() {
    return asked != null;
  }

  /** When it was; null if it was not. */
  @Nullable Instant asked() {
    return asked;
  }

  /** Its source runs on this thread, from now on until {@link #end}, and may be interrupted. */
  synchronized void begin() {
    asking = Thread.currentThread();
    if (givenUp) {
      asking.interrupt();
    }
  }

  /**
   * Its source has ended, and nothing more is given up.
   *
   * @return whether it was before
   */
  synchronized boolean end() {
    if (givenUp && asking != null) {
      // What the thread does next is not given up.
      boolean unused = Thread.interrupted();
    }
    asking = null;
    ended = true;
    return givenUp;
  }

  /** Whether it was given up before its source had ended, and says so to whoever waits. */
  synchronized boolean isGivenUp() {
    return givenUp;
  }

  /** Interrupts its source; false if that has ended. */
  synchronized boolean giveUp() {
    if (ended) {
      return false;
    }
    givenUp = true;
    if (asking != null) {
      asking.interrupt();
    }
    return true;
  }

  /** No further call of the service may be made for it: this is said, and not by the service. */
  PodIdentityException turnedAway(PodIdentityException refusal) {
    asked = null;
    turnedAway = refusal;
    return refusal;
  }

  /** Whether such a failure is the budget's and tells nothing about the service. */
  boolean wasTurnedAway(Throwable failure) {
    return turnedAway != null && failure == turnedAway;
  }
}
