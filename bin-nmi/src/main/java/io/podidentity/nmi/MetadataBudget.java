package io.podidentity.nmi;

import io.podidentity.bin.http.Places;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** How long a turn is kept for one that was told to come back in a second. */
  private static final Duration KEPT = Duration.ofSeconds(2);

  /** About as many as a node has pods. */
  private static final int MAX_OWED = 256;

  private final Clock clock;
  private final Places<InetAddress> places = new Places<>(AT_ONCE);
  // Guarded by this: those of the last second, and whom it turned away since its last, and when.
  private final Deque<Begun> begun = new ArrayDeque<>();
  private final Map<InetAddress, Instant> owed = new LinkedHashMap<>();
  // How many of these did not come back in time, less what was given to others for it.
  private int lapsed;

  private record Begun(InetAddress source, Instant at) {}

  MetadataBudget(Clock clock) {
    this.clock = clock;
  }

  /**
   * Takes a place for a request, to be given back with {@link #end}. The second one of a pod in a
   * second needs two left, the third three, so that there is one for who has had none; and who was
   * turned away has its turn before those that were later, if it comes back in time. Its turn is
   * kept for it, and the service idles meanwhile; one that is kept in vain is another's after that,
   * so that those who come seldom do not keep each other from it again and again.
   *
   * @param source the address it comes from
   * @return false if there is none now
   */
  synchronized boolean tryBegin(InetAddress source) {
    Instant now = clock.instant();
    forgetBefore(now);
    boolean node = Exchanges.isNodeItself(source);
    int left = PER_SECOND - begun.size() - (node ? 0 : had(source));
    boolean kept = left <= ahead(source);
    if (left <= 0 || (kept && lapsed == 0)) {
      if (owed.containsKey(source) || owed.size() < MAX_OWED) {
        owed.put(source, now);
      }
      return false;
    }
    if (!places.tryTake(source, node ? AT_ONCE : AT_ONCE_FOR_ONE_POD)) {
      return false;
    }
    lapsed -= kept ? 1 : 0;
    owed.remove(source);
    begun.addLast(new Begun(source, now));
    return true;
  }

  /** A request from that address that had a place is over. */
  void end(InetAddress source) {
    places.giveBack(source);
  }

  private int had(InetAddress source) {
    return (int) begun.stream().filter(one -> one.source().equals(source)).count();
  }

  /** How many have their turn before it; who has had one in this second does not. */
  private int ahead(InetAddress source) {
    return (int)
        owed.keySet().stream()
            .takeWhile(other -> !other.equals(source))
            .filter(other -> had(other) == 0)
            .count();
  }

  /** A clock that is set back gives nothing, and takes a second or two at most. */
  private void forgetBefore(Instant now) {
    if (!begun.isEmpty() && now.isBefore(begun.getLast().at())) {
      List<Begun> all = begun.stream().map(one -> new Begun(one.source(), now)).toList();
      begun.clear();
      begun.addAll(all);
    }
    while (!begun.isEmpty() && isOver(begun.getFirst().at(), SECOND, now)) {
      begun.removeFirst();
    }
    int before = owed.size();
    owed.values().removeIf(since -> since.isAfter(now) || isOver(since, KEPT, now));
    lapsed = Math.min(PER_SECOND, lapsed + before - owed.size());
  }

  private static boolean isOver(Instant since, Duration time, Instant now) {
    return Duration.between(since, now).compareTo(time) >= 0;
  }
}
