package io.podidentity.harness.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JVM that a namespace's name tells of: by process ID and start time, because IDs come back.
 *
 * @param pid its process ID
 * @param startTicks its start, in clock ticks since the machine's (field 22 of {@code
 *     /proc/PID/stat}, see proc(5))
 */
record NamespaceOwner(long pid, long startTicks) {

  private static final Pattern NAME = Pattern.compile("pi-(\\d{1,18})-(\\d{1,18})-.+");

  static NamespaceOwner self() {
    long pid = ProcessHandle.current().pid();
    return new NamespaceOwner(pid, startTicks(pid));
  }

  /** Who made the namespace; null if the name is not one of ours. */
  static @Nullable NamespaceOwner of(String namespace) {
    Matcher matcher = NAME.matcher(namespace);
    return matcher.matches()
        ? new NamespaceOwner(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
        : null;
  }

  String prefix() {
    return "pi-" + pid + "-" + startTicks + "-";
  }

  boolean isAlive() {
    return startTicks(pid) == startTicks;
  }

  /** -1 if there is no such process. */
  private static long startTicks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The second field is the program's name in brackets and may hold blanks and brackets.
      String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(afterName[19]);
    } catch (IOException e) {
      return -1;
    }
  }
}
