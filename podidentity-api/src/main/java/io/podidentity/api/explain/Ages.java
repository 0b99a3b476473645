package io.podidentity.api.explain;

import java.time.Duration;

/** Ages as {@code kubectl} writes them: {@code 12s}, {@code 5m}, {@code 3h}, {@code 4d}. */
final class Ages {
  private Ages() {}

  static String text(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 120) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    return hours < 48 ? hours + "h" : hours / 24 + "d";
  }
}
