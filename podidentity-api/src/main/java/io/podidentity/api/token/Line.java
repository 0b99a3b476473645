package io.podidentity.api.token;

import java.util.ArrayDeque;
import java.util.Deque;

/** The fetches of one pod that wait, first come, first served. Guarded by its lane's lock. */
final class Line {
  final Deque<Flight> flights = new ArrayDeque<>();
  private final int capacity;
  private final int atOnce;
  int underWay;

  /** Calls of the last second, and those that have not ended. */
  int lately;

  /**
   * An empty line.
   *
   * @param capacity how many may wait
   * @param atOnce how many may be under way
   */
  Line(int capacity, int atOnce) {
    this.capacity = capacity;
    this.atOnce = atOnce;
  }

  boolean isFull() {
    return flights.size() >= capacity;
  }

  boolean canGo() {
    return !flights.isEmpty() && underWay < atOnce;
  }

  /** It is as one that has just come. */
  boolean isForgotten() {
    return flights.isEmpty() && underWay == 0 && lately == 0;
  }
}
