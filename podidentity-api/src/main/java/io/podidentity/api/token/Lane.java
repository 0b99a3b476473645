package io.podidentity.api.token;

import io.podidentity.api.model.NamespacedName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whose fetch is next at one token service. Pods take turns, whatever each of them asks for; a pod
 * that waits goes before a refresh that nobody waits for, but one turn in four is a refresh's, lest
 * a busy pod let the tokens of all others lapse. A share of each second is kept for pods that had
 * no call in the last one: where answers are quick, a busy pod would have all of the second before
 * the next pod comes. It only decides, but for {@link #takeAnother}. Thread-safe.
 */
final class Lane {
  private static final int PODS_BEFORE_A_REFRESH = 3;
  private static final int SHARES = 10;

  private final Object lock = new Object();
  private final FetchLimits limits;
  // Of a second's calls, those for pods that had none.
  private final int share;
  // In the order of their turns.
  private final Map<NamespacedName, Line> pods = new LinkedHashMap<>();
  private final Line refreshes;
  private int waiting;
  private int underWay;
  private int left;
  // Whose fetches wait for a further call.
  private final List<Line> further = new ArrayList<>(2);
  private int restsUnderWay;
  private int podsInARow;

  /** One that has its turn; to be given back with {@link #done}. */
  record Turn(Flight flight, Line line) {}

  /** How many fetches wait, and how many are under way. */
  record Load(int waiting, int underWay) {}

  Lane(FetchLimits limits) {
    this.limits = limits;
    int perSecond = limits.perSecond();
    this.left = perSecond == 0 ? Integer.MAX_VALUE : perSecond;
    // All of it would be no other's, ever.
    this.share = Math.min(Math.max(1, perSecond / SHARES), Math.max(0, perSecond - 1));
    this.refreshes = new Line(Math.max(1, limits.waiting() / 2), limits.atOnceForOnePod());
  }

  /**
   * Lets a fetch wait in a pod's line; it may stand in others' already. Where too many wait, the
   * pod with the longest line has to give way.
   *
   * @param pod null for a refresh
   * @return the one that has no place any more, this or another; null if there is none
   */
  @Nullable Flight enter(Flight flight, @Nullable NamespacedName pod) {
    synchronized (lock) {
      Line line = pod == null ? refreshes : pods.computeIfAbsent(pod, name -> newLine());
      if (flight.begun || flight.outcome().isDone() || flight.places.contains(line)) {
        return null;
      }
      Flight pushedOut = line.isFull() ? flight : makeRoom(flight, line);
      if (pushedOut != flight) {
        line.flights.addLast(flight);
        flight.places.add(line);
        waiting++;
      }
      dropForgotten(pods.values());
      return pushedOut == null || !pushedOut.places.isEmpty() ? null : pushedOut;
    }
  }

  /** Takes the next one out of its lines; null if none waits, or none may begin now. */
  @Nullable Turn next() {
    synchronized (lock) {
      if (underWay >= limits.atOnce() || restsUnderWay > 0) {
        return null;
      }
      Line line = nextLine();
      if (line == null) {
        return null;
      }
      Flight flight = line.flights.getFirst();
      takeOut(flight);
      flight.begun = true;
      line.underWay++;
      underWay++;
      spend(line);
      return new Turn(flight, line);
    }
  }

  /**
   * Waits until a fetch that is under way may ask the service once more. It goes before those that
   * have not begun, because it holds a thread and one of the places; but not before those for whom
   * the share is kept.
   *
   * @param line whose turn it was
   * @return false if it had to wait longer than that
   */
  boolean takeAnother(Line line, Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    synchronized (lock) {
      further.add(line);
      try {
        while (restsUnderWay > 0 || left <= (isNew(line) ? 0 : share)) {
          long nanos = end - System.nanoTime();
          if (nanos <= 0) {
            return false;
          }
          TimeUnit.NANOSECONDS.timedWait(lock, nanos);
        }
        spend(line);
        return true;
      } finally {
        further.remove(line);
      }
    }
  }

  /** Its fetch has ended. */
  void done(Turn turn) {
    synchronized (lock) {
      turn.line().underWay--;
      underWay--;
      dropForgotten(pods.values());
    }
  }

  /** Takes it out of all lines; whether it stood in any. */
  boolean leave(Flight flight) {
    synchronized (lock) {
      boolean waited = !flight.places.isEmpty();
      takeOut(flight);
      dropForgotten(pods.values());
      return waited;
    }
  }

  /** A second has passed since a call ended, or it was never made: another one may be. */
  void secondPassed(Line line) {
    synchronized (lock) {
      left++;
      line.lately--;
      dropForgotten(pods.values());
      lock.notifyAll();
    }
  }

  /** Nothing begins until {@link #restEnded}; rests may overlap. */
  void rest() {
    synchronized (lock) {
      restsUnderWay++;
    }
  }

  void restEnded() {
    synchronized (lock) {
      restsUnderWay--;
      lock.notifyAll();
    }
  }

  Load load() {
    synchronized (lock) {
      return new Load(waiting, underWay);
    }
  }

  /** How many lines there are: those that wait, and at most one for each call of a second. */
  int lines() {
    synchronized (lock) {
      return pods.size();
    }
  }

  private void spend(Line line) {
    left--;
    line.lately++;
  }

  /** Whether the share is kept for such as this. */
  private boolean isNew(Line line) {
    return line != refreshes && line.lately == 0;
  }

  private boolean mayBegin(Line line) {
    if (!line.canGo()) {
      return false;
    }
    return isNew(line)
        ? left > further.stream().filter(this::isNew).count()
        : left > share + further.size();
  }

  private Line newLine() {
    return new Line(limits.waitingForOnePod(), limits.atOnceForOnePod());
  }

  /** Null if there is room; the given flight itself if nobody has more waiting than its line. */
  private @Nullable Flight makeRoom(Flight flight, Line line) {
    if (waiting < limits.waiting()) {
      return null;
    }
    Line longest = refreshes;
    for (Line other : pods.values()) {
      longest = other.flights.size() > longest.flights.size() ? other : longest;
    }
    if (longest.flights.size() <= line.flights.size() + 1) {
      return flight;
    }
    Flight last = longest.flights.removeLast();
    last.places.remove(longest);
    waiting--;
    return last;
  }

  private @Nullable Line nextLine() {
    boolean refreshMayGo = mayBegin(refreshes);
    if (!refreshMayGo || podsInARow < PODS_BEFORE_A_REFRESH) {
      for (Map.Entry<NamespacedName, Line> pod : pods.entrySet()) {
        if (mayBegin(pod.getValue())) {
          pods.remove(pod.getKey());
          pods.put(pod.getKey(), pod.getValue());
          podsInARow++;
          return pod.getValue();
        }
      }
    }
    podsInARow = 0;
    return refreshMayGo ? refreshes : null;
  }

  private void takeOut(Flight flight) {
    for (Line line : flight.places) {
      line.flights.remove(flight);
      waiting--;
    }
    flight.places.clear();
  }

  private static void dropForgotten(Collection<Line> lines) {
    for (Iterator<Line> each = lines.iterator(); each.hasNext(); ) {
      if (each.next().isForgotten()) {
        each.remove();
      }
    }
  }
}
