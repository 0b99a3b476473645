package io.podidentity.example.exemptions;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.LocalTime;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A policy: exemptions count between two times of day, in namespaces that carry a label.
 *
 * @param clock the time, with the zone in which the hours are meant
 * @param from the first moment at which they count
 * @param until the first moment at which they do not count any more; after {@code from}
 * @param labels the labels of a namespace; from memory, as it is asked on requests' threads
 */
public record WorkingHours(
    Clock clock, LocalTime from, LocalTime until, Function<String, Map<String, String>> labels)
    implements Predicate<String> {
  /** The label, whose value must be {@code allowed}. */
  public static final String LABEL = "example.com/exemptions";

  public WorkingHours {
    requireNonNull(clock, "clock");
    requireNonNull(labels, "labels");
    if (!until.isAfter(from)) {
      throw new IllegalArgumentException("until must be after from");
    }
  }

  @Override
  public boolean test(String namespace) {
    LocalTime now = LocalTime.now(clock);
    return "allowed".equals(labels.apply(namespace).get(LABEL))
        && !now.isBefore(from)
        && now.isBefore(until);
  }
}
