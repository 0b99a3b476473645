package io.podidentity.api.explain;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Texts that differ by what a person easily mistypes. */
final class Nearly {
  /** Letters added, left out, changed or swapped. */
  private static final int MOST_MISTAKES = 2;

  /** Of so many letters, at most one is wrong; else any two short words would be alike. */
  private static final int LETTERS_PER_MISTAKE = 3;

  private Nearly() {}

  /** Whether they differ in letter case alone. */
  static boolean differInCase(String one, String other) {
    return !one.equals(other)
        && one.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
  }

  /** Whether they differ by a slip or two. */
  static boolean differByTypo(String one, String other) {
    if (one.equals(other)) {
      return false;
    }
    int mistakes = mistakes(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
    return mistakes <= MOST_MISTAKES
        && mistakes * LETTERS_PER_MISTAKE <= Math.min(one.length(), other.length());
  }

  /** The candidate whose text is nearest to one, if any is near; the first of those alike. */
  static <T> Optional<T> nearest(
      String text, Collection<T> candidates, Function<T, String> textOf) {
    return candidates.stream()
        .filter(candidate -> differByTypo(text, textOf.apply(candidate)))
        .min(
            Comparator.comparing(
                candidate ->
                    mistakes(
                        text.toLowerCase(Locale.ROOT),
                        textOf.apply(candidate).toLowerCase(Locale.ROOT))));
  }

  /** The first few, for a sentence. */
  static String few(List<?> all) {
    int shown = Math.min(5, all.size());
    String more = all.size() > shown ? " and " + (all.size() - shown) + " more" : "";
    return String.join(", ", all.subList(0, shown).stream().map(Object::toString).toList()) + more;
  }

  /** The distance of Damerau and Levenshtein, where swapped neighbours are one mistake. */
  private static int mistakes(String one, String other) {
    if (Math.abs(one.length() - other.length()) > MOST_MISTAKES) {
      return Integer.MAX_VALUE / LETTERS_PER_MISTAKE;
    }
    int[][] cost = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(one, other, cost, i, j);
      }
    }
    return cost[one.length()][other.length()];
  }

  private static int cheapest(String one, String other, int[][] cost, int i, int j) {
    boolean same = one.charAt(i - 1) == other.charAt(j - 1);
    int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    best = Math.min(best, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
