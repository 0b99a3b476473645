package io.podidentity.nmi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The flags of the NMI in whose container a command runs. {@code kubectl exec} gives a command none
 * of them, and what it then says would be about an NMI of another mode, port or namespace.
 *
 * <p>Only the first process is looked at, which is the container's own program. Where others are
 * seen, as on a node, anybody may have given a process those words: they would say to where a
 * command sends what it knows.
 */
final class RunningFlags {
  private static final Path FIRST_PROCESS = Path.of("/proc/1/cmdline");
  private static final String ZERO = "\0";
  private static final String JAR = "-jar";
  private static final String PROGRAM = "nmi.jar";

  private RunningFlags() {}

  /** Those of this container's NMI; empty if its first process is none. */
  static List<String> here() {
    return of(FIRST_PROCESS);
  }

  /**
   * Those of a process.
   *
   * @param commandLine its words, each with a zero behind it, as in proc(5)
   * @return empty unless it is an NMI that runs; a command is none
   */
  static List<String> of(Path commandLine) {
    String text;
    try {
      text = Files.readString(commandLine);
    } catch (IOException e) {
      return List.of();
    }
    String joined = text.endsWith(ZERO) ? text.substring(0, text.length() - 1) : text;
    List<String> words = List.of(joined.split(ZERO, -1));
    int jar = words.indexOf(JAR) + 1;
    if (jar == 0 || jar == words.size() || !Path.of(words.get(jar)).endsWith(PROGRAM)) {
      return List.of();
    }
    List<String> flags = words.subList(jar + 1, words.size());
    return flags.isEmpty() || flags.get(0).startsWith("-") ? flags : List.of();
  }
}
