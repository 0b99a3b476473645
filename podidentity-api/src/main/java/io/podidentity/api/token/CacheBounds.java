package io.podidentity.api.token;

/**
 * How much a token cache keeps; the least useful goes first.
 *
 * @param maxEntries how many queries' tokens; at least 1
 * @param maxBytes about how many bytes of memory they may take; at least one for each entry
 */
public record CacheBounds(int maxEntries, long maxBytes) {
  /** Room for tokens with many claims; most take 2 to 3 KiB. */
  private static final long BYTES_FOR_ONE = 8 * 1024;

  /** Refuses fewer than one entry, and less than one byte for each. */
  public CacheBounds {
    if (maxEntries < 1) {
      throw new IllegalArgumentException("maxEntries must be at least 1");
    }
    if (maxBytes < maxEntries) {
      throw new IllegalArgumentException("maxBytes must be at least maxEntries");
    }
  }

  /** So many entries, and 8 KiB for each on the average. */
  public static CacheBounds of(int maxEntries) {
    return new CacheBounds(maxEntries, maxEntries * BYTES_FOR_ONE);
  }

  /** What an entry counts, so that both bounds are one. */
  int weigh(int bytes) {
    long share = (maxBytes + maxEntries - 1) / maxEntries;
    return (int) Math.min(Integer.MAX_VALUE, Math.max(bytes, share));
  }
}
