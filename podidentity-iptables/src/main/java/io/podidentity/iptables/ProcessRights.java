package io.podidentity.iptables;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What this process may do, as the kernel tells it: the programs that it runs may do no more. The
 * numbers of the capabilities are those of {@code linux/capability.h}.
 */
public final class ProcessRights {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern EFFECTIVE_UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)\\s");
  private static final Pattern EFFECTIVE_CAPABILITIES =
      Pattern.compile("(?m)^CapEff:\\s+([0-9a-f]+)$");

  /** What rules may need; the constants' order is that of the advice. */
  private enum Capability {
    NET_ADMIN(12),
    NET_RAW(13);

    private final int number;

    Capability(int number) {
      this.number = number;
    }
  }

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

  /**
   * What to change so that rules can be written; empty if nothing is known to be missing.
   *
   * @param legacy whether by the legacy back-end of iptables too, which alone needs NET_RAW: it
   *     talks to the kernel over a raw socket
   */
  public Optional<String> advice(boolean legacy) {
    List<String> advice = new ArrayList<>();
    Matcher uid = EFFECTIVE_UID.matcher(status);
    if (uid.find() && !uid.group(1).equals("0")) {
      advice.add(
          "the effective uid is "
              + uid.group(1)
              + ": run it as root (securityContext.runAsUser: 0)");
    }
    List<Capability> missing = missing(legacy);
    if (!missing.isEmpty()) {
      boolean one = missing.size() == 1;
      advice.add(
          "the %s %s missing: add %s to the container's securityContext.capabilities.add"
              .formatted(names(missing), one ? "is" : "are", one ? "it" : "them"));
    }
    return advice.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", advice));
  }

  /** The capabilities that rules need, as {@link #advice} has them: one name, or two. */
  static String needed(boolean legacy) {
    return names(capabilities(legacy));
  }

  private static List<Capability> capabilities(boolean legacy) {
    return legacy ? List.of(Capability.values()) : List.of(Capability.NET_ADMIN);
  }

  private List<Capability> missing(boolean legacy) {
    Matcher capabilities = EFFECTIVE_CAPABILITIES.matcher(status);
    if (!capabilities.find()) {
      return List.of();
    }
    BigInteger set = new BigInteger(capabilities.group(1), 16);
    return capabilities(legacy).stream().filter(each -> !set.testBit(each.number)).toList();
  }

  private static String names(List<Capability> capabilities) {
    return (capabilities.size() == 1 ? "capability " : "capabilities ")
        + capabilities.stream().map(Capability::name).collect(Collectors.joining(" and "));
  }
}
