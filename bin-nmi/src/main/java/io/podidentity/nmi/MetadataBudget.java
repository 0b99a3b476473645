package io.podidentity.nmi;

import io.podidentity.bin.http.Places;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * How much of the metadata service the node's pods may use for what is no token: IMDS serves five
 * such requests a second to a virtual machine, and answers 429 beyond. Thread-safe.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting">
 *     Instance Metadata Service, rate limiting</a>
 */
final class MetadataBudget {
  /** IMDS's limit, in any second. */
  static final int PER_SECOND = 5;

  /** How many may be under way, if the service is slow to answer. */
  static final int AT_ONCE = 8;

  /** How many of these may be one pod's; the node itself may have all. */
  private static final int AT_ONCE_FOR_ONE_POD = 2;

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Clock clock;
  private final Places<InetAddress> places = new Places<>(AT_ONCE);
  // Guarded by this: when those of the last second began.
  private final Deque<Instant> begun = new ArrayDeque<>();

  MetadataBudget(Clock clock) {
    this.clock = clock;
  }

  /**
   * Takes a place for a request, to be given back with {@link #end}.
   *
   * @param source the address it comes from
   * @return false if there is none now
   */
  synchronized boolean tryBegin(InetAddress source) {
    Instant now = clock.instant();
    forgetBefore(now);
    int most = Exchanges.isNodeItself(source) ? AT_ONCE : AT_ONCE_FOR_ONE_POD;
    if (begun.size() >= PER_SECOND || !places.tryTake(source, most)) {
      return false;
    }
    begun.addLast(now);
    return true;
  }

  /** A request from that address that had a place is over. */
  void end(InetAddress source) {
    places.giveBack(source);
  }

  private void forgetBefore(Instant now) {
    if (!begun.isEmpty() && now.isBefore(begun.getLast())) {
      // A clock that is set back gives nothing, and takes a second at most.
      List<Instant> all = Collections.nCopies(begun.size(), now);
      begun.clear();
      begun.addAll(all);
    }
    while (!begun.isEmpty() && Duration.between(begun.getFirst(), now).compareTo(SECOND) >= 0) {
      begun.removeFirst();
    }
  }
}
