package io.podidentity.e2e;

import io.podidentity.e2e.KillWorld.Writes;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where a MIC is stopped, of all places that it passed, and how Azure goes about it there. */
final class Boundaries {
  /** So many boundaries there are for one that is tried. */
  static final int PART = 20;

  /** Whether all are to be tried. */
  static final boolean ALL = System.getProperty("podidentity.kill", "").equals("all");

  private Boundaries() {}

  /** One of them, for example {@code after PATCH virtualMachines #1}. */
  record Stop(String boundary, Writes writes) {
    private static final String DETACH = "PATCH virtualMachines #2";

    Writes whenPodsCome() {
      return writes == Writes.LATE && boundary.endsWith(DETACH) ? Writes.SOON : writes;
    }

    Writes whenPodsGo() {
      boolean here = boundary.endsWith(DETACH);
      return writes == Writes.AT_ONCE || (writes == Writes.LATE && here) ? writes : Writes.SOON;
    }

    @Override
    public String toString() {
      return boundary + ", Azure " + writes;
    }
  }

  /**
   * In an order that does not depend on what happened at the same time. Of what comes and goes with
   * time, renewals and looks, the first of each kind; what a leader begins with is none of it.
   */
  static List<String> of(Collection<String> passed) {
    List<String> all = new ArrayList<>();
    passed.stream()
        .filter(one -> !isRenewal(one))
        .filter(one -> !isLook(one) || number(one) == 1)
        .forEach(all::add);
    for (String lock : List.of("endpoints", "leases")) {
      all.add("before PUT " + lock + " #1");
      all.add("after PUT " + lock + " #1");
    }
    all.sort(Comparator.comparing(Boundaries::kind).thenComparing(Boundaries::number));
    return List.copyOf(all);
  }

  /**
   * Today's part of them, or all.
   *
   * @param shift of two that differ by it the parts differ
   */
  static Stream<Stop> today(List<String> all, int shift) {
    long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
    Random random = new Random(today + shift);
    List<Stop> stops =
        all.stream().map(boundary -> new Stop(boundary, writes(boundary, random))).toList();
    return IntStream.range(0, stops.size())
        .filter(index -> ALL || index % PART == (today + shift) % PART)
        .mapToObj(stops::get);
  }

  private static Writes writes(String boundary, Random random) {
    int chance = random.nextInt(3);
    if (boundary.contains("operations")) {
      return Writes.LATE;
    }
    // Others are not made while a change is under way.
    boolean beside = boundary.contains("virtualMachines") || boundary.contains("POST azure");
    return switch (chance) {
      case 0 -> Writes.AT_ONCE;
      case 1 -> beside ? Writes.LATE : Writes.SOON;
      default -> Writes.FAILING_FIRST;
    };
  }

  /** What MIC does side by side. */
  enum Work {
    ELECTION,
    TELLING,
    ASSIGNMENT
  }

  static Work work(String boundary) {
    if (isRenewal(boundary)) {
      return Work.ELECTION;
    }
    return boundary.contains("events") ? Work.TELLING : Work.ASSIGNMENT;
  }

  private static boolean isRenewal(String boundary) {
    return boundary.contains("endpoints")
        || boundary.contains("leases")
        || boundary.contains("configmaps");
  }

  static boolean isLook(String boundary) {
    return boundary.contains(" GET ");
  }

  /** The call that it is before or after, for example {@code PATCH virtualMachines}. */
  static String call(String boundary) {
    return kind(boundary).substring(boundary.indexOf(' ')).strip();
  }

  private static String kind(String boundary) {
    return boundary.substring(0, boundary.indexOf('#'));
  }

  private static int number(String boundary) {
    return Integer.parseInt(boundary.substring(boundary.indexOf('#') + 1));
  }
}
