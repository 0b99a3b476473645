package io.podidentity.architecture;

import com.tngtech.archunit.core.domain.JavaAccess;
import java.util.regex.Pattern;

/** What asks the machine for the time, or waits for it to pass; {@code nanoTime} only measures. */
final class Clocks {
  private static final Pattern READ =
      Pattern.compile(
          "java\\.(lang\\.(System\\.currentTimeMillis|Thread\\.sleep)"
              + "|util\\.concurrent\\.TimeUnit\\.sleep"
              + "|util\\.Date\\.<init>\\(\\)"
              + "|util\\.Calendar\\.getInstance"
              + "|time\\.(\\w+\\.now|Clock\\.tick[A-Z]|(Clock|InstantSource)\\.system)).*");

  private Clocks() {}

  static boolean isRead(JavaAccess<?> access) {
    return READ.matcher(access.getTarget().getFullName()).matches();
  }
}
