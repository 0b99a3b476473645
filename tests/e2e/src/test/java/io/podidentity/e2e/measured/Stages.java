package io.podidentity.e2e.measured;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the time of an assignment goes, seen from outside MIC: each stage by its last one, from the
 * creation of the first pod on. All are times of {@link System#nanoTime()}.
 *
 * @param start when the first pod was created
 * @param created when the last pod had been created
 * @param written when the watch told of the last record
 * @param sent when the last PATCH came to Azure
 * @param patch how long a PATCH takes there
 * @param assigned when the watch told that the last record was {@code Assigned}
 */
record Stages(long start, long created, long written, long sent, Duration patch, long assigned) {
  private static final String COLUMNS = "    %-12s %-16s %-11s %-11s %s";

  Duration whole() {
    return Duration.ofNanos(assigned - start);
  }

  void note(Figures figures) {
    figures.note("  the last one of each, from the creation of the first pod on:");
    figures.note(
        COLUMNS.formatted(
            "pods created", "records written", "PATCH sent", "PATCH done", "records Assigned"));
    List<String> times =
        Stream.of(created, written, sent, sent + patch.toNanos(), assigned)
            .map(time -> Figures.seconds(Duration.ofNanos(time - start)))
            .collect(Collectors.toList());
    figures.note(COLUMNS.formatted(times.toArray()).stripTrailing());
  }
}
