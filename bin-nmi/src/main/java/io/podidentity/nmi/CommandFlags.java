package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The flags that are for some commands alone. All commands take the same flags, because most of
 * them describe the NMI that the command is about; whoever gives one of these to another command
 * takes it for something else. Where MIC's lease is an NMI may be told, for the commands that take
 * its flags.
 */
final class CommandFlags {
  private static final List<String> EXPLAIN = List.of("explain");

  private static final Map<String, List<String>> COMMANDS =
      Map.of(
          "--print", List.of("rules"),
          "--check", List.of("rules"),
          "--pod", List.of("rules", "doctor"),
          "--client-id", EXPLAIN,
          "--resource-id", EXPLAIN,
          "--resource", EXPLAIN,
          "--netns", EXPLAIN,
          "--allowed-subscriptions", EXPLAIN,
          "--output", List.of("explain", "doctor"));

  private CommandFlags() {}

  /**
   * Refuses what the command would ignore.
   *
   * @param command empty for none, which is to run
   * @param given flags with their dashes
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID}, which names one of them
   */
  static void require(String command, Set<String> given) {
    for (String flag : given) {
      List<String> commands = COMMANDS.getOrDefault(flag, List.of(command));
      if (!commands.contains(command)) {
        throw new PodIdentityException(
            ErrorReason.CONFIGURATION_INVALID,
            "%s is for nmi %s".formatted(flag, String.join(" and nmi ", commands)));
      }
    }
  }
}
