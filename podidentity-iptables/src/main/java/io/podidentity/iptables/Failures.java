package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns what went wrong with a command into one line that says what to change. The texts looked for
 * are those of iptables 1.8.9, both back-ends; the C library's part of them is in English, because
 * commands run in the locale C.
 */
final class Failures {
  /** ENOENT and EACCES as JDK 17 and newer ones put them into a message. */
  private static final Pattern NOT_FOUND = Pattern.compile("error[=:] ?2\\b");

  private static final Pattern NOT_EXECUTABLE = Pattern.compile("error[=:] ?13\\b");

  private static final Pattern EXTENSION =
      Pattern.compile("Extension (\\w+) revision \\d+ not supported, missing kernel module");

  private static final Pattern NO_PERMISSION =
      Pattern.compile("you must be root|Permission denied|Operation not permitted");

  /** What a message begins with, such as {@code iptables-restore v1.8.9 (nf_tables):}. */
  private static final Pattern PROGRAM = Pattern.compile("^\\S+ v[\\d.]+ \\(\\w+\\): *");

  private static final int LONGEST_QUOTE = 200;

  private final Limits limits;
  private final Supplier<ProcessRights> rights;

  /**
   * @param rights this process's, asked for only if permission was denied
   */
  Failures(Limits limits, Supplier<ProcessRights> rights) {
    this.limits = limits;
    this.rights = rights;
  }

  PodIdentityException ofStart(String program, IOException error) {
    if (isMissing(error)) {
      return failure(
          program + " is not on the PATH: install the package " + packageOf(program), error);
    }
    if (NOT_EXECUTABLE.matcher(String.valueOf(error.getMessage())).find()) {
      return failure(program + " may not be executed: check its mode and owner", error);
    }
    return failure(program + " cannot be run", error);
  }

  /** Whether a program could not be started because there is none of that name. */
  static boolean isOfMissingProgram(PodIdentityException error) {
    return error.getCause() instanceof IOException start && isMissing(start);
  }

  private static boolean isMissing(IOException error) {
    return NOT_FOUND.matcher(String.valueOf(error.getMessage())).find();
  }

  PodIdentityException ofTimeout(String program) {
    return failure(
        program + " did not end within " + limits.timeout().toSeconds() + " s and was killed");
  }

  PodIdentityException ofExit(String program, Command.Result result) {
    String errors = result.errors();
    if (errors.contains("holding the xtables lock")) {
      return failure(lockBusy(program));
    }
    if (errors.contains("can't open lock file")
        && rights.get().advice(isLegacy(program)).isEmpty()) {
      return failure(
          program + " cannot open the lock " + limits.lock() + ": mount the node's, writable");
    }
    if (NO_PERMISSION.matcher(errors).find()) {
      return failure(notPermitted(program));
    }
    if (program.equals("ip") && errors.contains("Operation not supported")) {
      return failure(
          "ip: the kernel has no policy routing (CONFIG_IP_MULTIPLE_TABLES): use one that has it, or"
              + " --lockdown=false");
    }
    String module = missingModule(errors);
    if (!module.isEmpty()) {
      return failure(
          program + ": the kernel lacks a part: load " + module + " on the node (modprobe)");
    }
    return failure(program + " failed with exit code " + result.exitCode() + ": " + quote(errors));
  }

  private static String packageOf(String program) {
    return switch (program) {
      case "ip" -> "iproute2";
      case "nft" -> "nftables";
      case "conntrack" -> "conntrack";
      case "nsenter" -> "util-linux";
      default -> "iptables";
    };
  }

  private String lockBusy(String program) {
    String now =
        switch (Posix.tryLock(limits.lock().toString())) {
          case HELD -> "; it still is: see who holds it with lslocks";
          case FREE -> "; it is free now";
          case UNKNOWN -> "";
        };
    return program
        + ": the lock "
        + limits.lock()
        + " was held by another program for "
        + limits.lockWait().toSeconds()
        + " s"
        + now;
  }

  /** The same for all programs where it is this process that lacks something. */
  private String notPermitted(String program) {
    boolean legacy = isLegacy(program);
    return rights
        .get()
        .advice(legacy)
        .map(advice -> "rules cannot be read or written: " + advice)
        .orElse(
            program
                + " was not permitted, though this process is root and has the "
                + ProcessRights.needed(legacy)
                + ": look for a security module (AppArmor, SELinux, seccomp) or a user namespace");
  }

  /** Whether that program is, or may be, of the legacy back-end of iptables. */
  private static boolean isLegacy(String program) {
    return program.startsWith("iptables") && !program.startsWith(IptablesBackend.NFT.family());
  }

  /** The names of the modules; empty if none is missing. */
  private static String missingModule(String errors) {
    if (errors.contains("Table does not exist") || errors.contains("unable to initialize table")) {
      return "iptable_nat";
    }
    if (errors.contains("Failed to initialize nft")) {
      return "nf_tables";
    }
    Matcher extension = EXTENSION.matcher(errors);
    if (extension.find()) {
      return moduleOf(extension.group(1));
    }
    if (errors.contains("No chain/target/match by that name")
        || errors.contains("RULE_APPEND failed (No such file or directory)")) {
      return "xt_nat and xt_tcpudp (with iptables-nft also nft_compat)";
    }
    if (errors.contains("CHAIN_ADD failed (No such file or directory)")
        || errors.contains("CHAIN_ADD failed (Operation not supported)")) {
      return "nft_chain_nat";
    }
    return "";
  }

  private static String moduleOf(String extension) {
    return switch (extension) {
      case "DNAT" -> "xt_nat";
      case "tcp" -> "xt_tcpudp";
      default -> "xt_" + extension.toLowerCase(Locale.ROOT);
    };
  }

  /** The first line that says something, without the program's name, and not too long. */
  static String quote(String errors) {
    String line =
        errors
            .lines()
            .map(text -> PROGRAM.matcher(text).replaceFirst("").strip())
            // "# Warning: iptables-legacy tables present" is no error.
            .filter(text -> !text.isEmpty() && !text.startsWith("#"))
            .findFirst()
            .orElse("it says nothing");
    return line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line;
  }

  private static PodIdentityException failure(String message) {
    return new PodIdentityException(ErrorReason.REDIRECT_FAILED, message);
  }

  private static PodIdentityException failure(String message, Throwable cause) {
    return new PodIdentityException(ErrorReason.REDIRECT_FAILED, message, cause);
  }
}
