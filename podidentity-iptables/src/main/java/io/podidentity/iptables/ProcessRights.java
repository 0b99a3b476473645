package io.podidentity.iptables;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this process may do, as the kernel tells it: the programs that it runs may do no more. The
 * numbers of the capabilities are those of {@code linux/capability.h}.
 */
public final class ProcessRights {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Map<String, Integer> NEEDED = needed();
  private static final Pattern EFFECTIVE_UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)\\s");
  private static final Pattern EFFECTIVE_CAPABILITIES =
      Pattern.compile("(?m)^CapEff:\\s+([0-9a-f]+)$");

  private final String status;

  private ProcessRights(String status) {
    this.status = status;
  }

  /** Those that this process has now. */
  public static ProcessRights read() {
    try {
      return new ProcessRights(Files.readString(STATUS));
    } catch (IOException e) {
      return new ProcessRights("");
    }
  }

  /**
   * The same from a text.
   *
   * @param status as {@code /proc/PID/status} has it
   */
  static ProcessRights of(String status) {
    return new ProcessRights(status);
  }

  /** What to change so that rules can be written; empty if nothing is known to be missing. */
  public Optional<String> advice() {
    List<String> advice = new ArrayList<>();
    Matcher uid = EFFECTIVE_UID.matcher(status);
    if (uid.find() && !uid.group(1).equals("0")) {
      advice.add(
          "the effective uid is "
              + uid.group(1)
              + ": run it as root (securityContext.runAsUser: 0)");
    }
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      advice.add(
          (missing.size() == 1 ? "the capability %s is" : "the capabilities %s are")
                  .formatted(String.join(" and ", missing))
              + " missing: add "
              + (missing.size() == 1 ? "it" : "them")
              + " to the container's securityContext.capabilities.add");
    }
    return advice.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", advice));
  }

  private List<String> missing() {
    Matcher capabilities = EFFECTIVE_CAPABILITIES.matcher(status);
    if (!capabilities.find()) {
      return List.of();
    }
    BigInteger set = new BigInteger(capabilities.group(1), 16);
    return NEEDED.entrySet().stream()
        .filter(capability -> !set.testBit(capability.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Map<String, Integer> needed() {
    Map<String, Integer> needed = new LinkedHashMap<>();
    needed.put("NET_ADMIN", 12);
    needed.put("NET_RAW", 13);
    return needed;
  }
}
