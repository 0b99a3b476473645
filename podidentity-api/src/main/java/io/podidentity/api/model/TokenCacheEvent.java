package io.podidentity.api.model;

/** What a cache of tokens did with a request, or with an entry of its own. */
public enum TokenCacheEvent {
  /** The token was at hand. */
  HIT("hit"),
  /** The token was at hand, though the last try to get a newer one failed. */
  STALE("stale"),
  /** The same token was being fetched for another request; both got that one. */
  JOINED("joined"),
  /** The token had to be fetched. */
  MISS("miss"),
  /** The last fetch failed a moment ago, so the request was refused without another one. */
  ERROR("error"),
  /** A newer token was fetched ahead of its need. Belongs to no request. */
  REFRESH("refresh"),
  /** An entry was dropped because the cache was full. Belongs to no request. */
  EVICTED("evicted");

  private final String code;

  TokenCacheEvent(String code) {
    this.code = code;
  }

  /** The stable, lower-case name, for metrics and logs. */
  public String code() {
    return code;
  }
}
