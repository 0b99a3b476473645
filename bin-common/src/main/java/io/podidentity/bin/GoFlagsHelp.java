package io.podidentity.bin;

import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code --help} prints; a class of its own, because it alone loads picocli. */
final class GoFlagsHelp {
  private GoFlagsHelp() {}

  /**
   * Prints the flags.
   *
   * @param flags with their default values
   */
  static void print(Object flags, PrintStream out) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(flags);
    spec.addOption(standard("--version", "Prints the version and exits."));
    spec.addOption(standard("--help", "Prints this and exits."));
    new CommandLine(spec).usage(out);
  }

  private static OptionSpec standard(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }
}
