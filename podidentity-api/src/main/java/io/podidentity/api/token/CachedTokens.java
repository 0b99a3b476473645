package io.podidentity.api.token;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Subscription;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the cache. Times are milliseconds since 1970, so that a look at them makes no object.
 * Equal to itself only.
 */
final class CachedTokens {
  /** Objects of a query and its tokens, beside their text. */
  private static final int OVERHEAD = 1024;

  private static final long MARGIN = 5 * 60_000L;

  /** How long after a look at the credential another is made, if they are asked for. */
  private static final long NEXT_CHECK = 60_000L;

  private static final int PARTS_OF_LIFE = 10;

  private final List<AccessToken> tokens;
  private final int bytes;
  private final long usableUntil;
  private final long refreshAfter;
  private final String fingerprint;
  private volatile long refreshAt;
  private volatile long dueAt;
  private volatile boolean used;
  private volatile boolean stale;
  private volatile @Nullable Subscription refresh;
  private volatile @Nullable Subscription end;

  /**
   * Tokens that have just come.
   *
   * @param fingerprint what the credential is known by; empty if that cannot change
   * @param used whether someone waits for them
   * @param share when to refresh them, as a share of what is left of their life; 0.5 is half-life
   */
  CachedTokens(
      TokenQuery query,
      List<AccessToken> tokens,
      String fingerprint,
      boolean used,
      long now,
      double share) {
    this.tokens = tokens;
    this.fingerprint = fingerprint;
    this.used = used;
    int size = OVERHEAD + query.resource().length();
    for (AccessToken token : tokens) {
      size += token.value().length() + token.resource().length();
    }
    this.bytes = size;
    Instant first =
        tokens.stream().map(AccessToken::expiresOn).min(Instant::compareTo).orElseThrow();
    long left = Math.max(0, first.toEpochMilli() - now);
    // The service itself may give a token that is about to end; it has no better one then.
    this.usableUntil = now + left - Math.min(MARGIN, left / PARTS_OF_LIFE);
    this.refreshAfter = (long) (left * share);
    this.refreshAt = now + refreshAfter;
    this.dueAt = nextDue(now);
  }

  private long nextDue(long now) {
    return fingerprint.isEmpty() ? refreshAt : Math.min(refreshAt, now + NEXT_CHECK);
  }

  List<AccessToken> tokens() {
    return tokens;
  }

  int bytes() {
    return bytes;
  }

  long usableUntil() {
    return usableUntil;
  }

  /** How long after they came they are to be refreshed, in milliseconds. */
  long refreshAfter() {
    return refreshAfter;
  }

  boolean isUsable(long now) {
    return now < usableUntil;
  }

  String fingerprint() {
    return fingerprint;
  }

  /** Whether they are to be refreshed, or their credential is to be looked at. */
  boolean isDue(long now) {
    return now >= dueAt;
  }

  boolean isRefreshDue(long now) {
    return now >= refreshAt;
  }

  boolean isUsed() {
    return used;
  }

  /** Notes that they were given out, and tells what that counts as. */
  TokenCacheEvent use() {
    // A write for each hit would take the line from the other processors' caches.
    if (!used) {
      used = true;
    }
    return stale ? TokenCacheEvent.STALE : TokenCacheEvent.HIT;
  }

  /** A refresh, or a look at the credential, is on its way: none is due meanwhile. */
  void refreshing() {
    dueAt = Long.MAX_VALUE;
  }

  /** The credential is as it was, or cannot be looked at now. */
  void checked(long now) {
    dueAt = nextDue(now);
  }

  /** The refresh failed. */
  void postponeTo(long time) {
    stale = true;
    refreshAt = time;
    dueAt = time;
  }

  void refreshBy(Subscription timer) {
    Subscription before = refresh;
    refresh = timer;
    close(before);
  }

  void endBy(Subscription timer) {
    end = timer;
  }

  /** It is in the cache no more. */
  void close() {
    close(refresh);
    close(end);
  }

  private static void close(@Nullable Subscription timer) {
    if (timer != null) {
      timer.close();
    }
  }
}
