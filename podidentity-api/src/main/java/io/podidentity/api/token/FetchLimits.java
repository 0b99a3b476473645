package io.podidentity.api.token;

import java.time.Duration;

/**
 * What may be asked of one token service, and how much may wait for it.
 *
 * @param perSecond how many calls may reach the service within a second, wherever that second
 *     begins; most fetches take one; a tenth of them, at least one of several, is kept for pods
 *     that had none in the last second, two of 20 say, so that one that floods a service whose
 *     answers are quick leaves some for the next to come; 0 for any number
 * @param atOnce how many may be under way; at least 1
 * @param atOnceForOnePod how many of these may be one pod's, or be refreshes, so that slow answers
 *     to one leave room for others; at least 1
 * @param waiting how many may wait for their turn; at least 1
 * @param waitingForOnePod how many of these may be one pod's; at least 1
 * @param longestWait after which one that waits is given up, for its turn and for each further
 *     call; positive
 * @param longestRest how long the service is left alone at most when it throttles; zero if that
 *     concerns only the one query that was answered so
 * @param longestFetch after which one that is under way is given up: whoever waits for it is told
 *     to come again, and its thread is interrupted. It counts as under way until the source heeds
 *     that; positive; {@link #LONGEST_FETCH} by default
 */
public record FetchLimits(
    int perSecond,
    int atOnce,
    int atOnceForOnePod,
    int waiting,
    int waitingForOnePod,
    Duration longestWait,
    Duration longestRest,
    Duration longestFetch) {

  /** A minute: more than Azure's services take for all the calls of one fetch. */
  public static final Duration LONGEST_FETCH = Duration.ofMinutes(1);

  /**
   * The instance metadata service serves 20 requests for tokens a second and 5 at once for each
   * virtual machine, and answers 429 beyond that. It promises an answer within 10 s. What waits
   * longest, 200 fetches, waits 10 s where answers are quick.
   *
   * @see <a
   *     href="https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting">
   *     Rate limiting</a>
   */
  public static final FetchLimits IMDS =
      new FetchLimits(
          20, 5, 2, 200, 32, Duration.ofSeconds(10), Duration.ofSeconds(10), LONGEST_FETCH);

  /**
   * Entra ID counts by tenant and application, not by node, and documents no number. But each fetch
   * reads a Secret, signs, and holds a thread here: as many a second as the instance metadata
   * service serves keep pods that ask for ever new resources from using up the API server and the
   * node's processors.
   */
  public static final FetchLimits ENTRA = IMDS.withAtOnce(8, 2).withLongestRest(Duration.ZERO);

  /** Refuses limits with which no fetch could be made. */
  public FetchLimits {
    if (perSecond < 0) {
      throw new IllegalArgumentException("perSecond must not be negative");
    }
    if (atOnce < 1 || atOnceForOnePod < 1 || waiting < 1 || waitingForOnePod < 1) {
      throw new IllegalArgumentException("limits must be at least 1");
    }
    if (longestWait.isNegative() || longestWait.isZero() || longestRest.isNegative()) {
      throw new IllegalArgumentException("longestWait must be positive, longestRest not negative");
    }
    if (longestFetch.isNegative() || longestFetch.isZero()) {
      throw new IllegalArgumentException("longestFetch must be positive");
    }
  }

  /**
   * The same with another rate.
   *
   * @param newPerSecond how many calls may reach the service within a second; 0 for any number
   */
  public FetchLimits withPerSecond(int newPerSecond) {
    return new FetchLimits(
        newPerSecond,
        atOnce,
        atOnceForOnePod,
        waiting,
        waitingForOnePod,
        longestWait,
        longestRest,
        longestFetch);
  }

  /**
   * The same with other numbers of fetches at once.
   *
   * @param all how many may be under way; at least 1
   * @param forOnePod how many of these may be one pod's, or be refreshes; at least 1
   */
  public FetchLimits withAtOnce(int all, int forOnePod) {
    return new FetchLimits(
        perSecond,
        all,
        forOnePod,
        waiting,
        waitingForOnePod,
        longestWait,
        longestRest,
        longestFetch);
  }

  /**
   * The same with other numbers of fetches that wait.
   *
   * @param all how many may wait for their turn; at least 1
   * @param forOnePod how many of these may be one pod's; at least 1
   */
  public FetchLimits withWaiting(int all, int forOnePod) {
    return new FetchLimits(
        perSecond, atOnce, atOnceForOnePod, all, forOnePod, longestWait, longestRest, longestFetch);
  }

  /** The same with another time after which one that waits is given up. */
  public FetchLimits withLongestWait(Duration newLongestWait) {
    return new FetchLimits(
        perSecond,
        atOnce,
        atOnceForOnePod,
        waiting,
        waitingForOnePod,
        newLongestWait,
        longestRest,
        longestFetch);
  }

  /** The same with another time for which the service is left alone at most; may be zero. */
  public FetchLimits withLongestRest(Duration newLongestRest) {
    return new FetchLimits(
        perSecond,
        atOnce,
        atOnceForOnePod,
        waiting,
        waitingForOnePod,
        longestWait,
        newLongestRest,
        longestFetch);
  }

  /** The same with another time after which a fetch is given up. */
  public FetchLimits withLongestFetch(Duration newLongestFetch) {
    return new FetchLimits(
        perSecond,
        atOnce,
        atOnceForOnePod,
        waiting,
        waitingForOnePod,
        longestWait,
        longestRest,
        newLongestFetch);
  }
}
