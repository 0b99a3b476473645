package io.podidentity.bin;

import java.io.PrintStream;
import java.lang.reflect.Field;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.ArgGroupSpec;
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
    CommandSpec spec = spec(flags);
    spec.addOption(standard("--version", "Prints the version and exits."));
    spec.addOption(standard("--help", "Prints this and exits."));
    new CommandLine(spec).usage(out);
  }

  /**
   * The flags as picocli knows them.
   *
   * @param flags an object of a class with picocli's {@code @Command} and fields with {@link Flag};
   *     the fields' values are the defaults
   */
  private static CommandSpec spec(Object flags) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(flags);
    add(flags, spec, spec::addOption);
    return spec;
  }

  private static void add(Object flags, CommandSpec spec, Consumer<OptionSpec> options) {
    for (Field field : flags.getClass().getDeclaredFields()) {
      Flag flag = field.getAnnotation(Flag.class);
      FlagGroup group = field.getAnnotation(FlagGroup.class);
      if (flag != null) {
        options.accept(option(flag, field, FlagField.valueOf(flags, field)));
      } else if (group != null && group.heading().isEmpty()) {
        add(FlagField.valueOf(flags, field), spec, options);
      } else if (group != null) {
        ArgGroupSpec.Builder args = ArgGroupSpec.builder().validate(false).heading(group.heading());
        add(FlagField.valueOf(flags, field), spec, args::addArg);
        spec.addArgGroup(args.build());
      }
    }
  }

  private static OptionSpec option(Flag flag, Field field, Object value) {
    return OptionSpec.builder(flag.names())
        .type(field.getType())
        .paramLabel("<" + field.getName() + ">")
        .description(flag.description())
        .hidden(flag.hidden())
        .showDefaultValue(flag.showDefault() ? Visibility.ON_DEMAND : Visibility.NEVER)
        .initialValue(value)
        .build();
  }

  private static OptionSpec standard(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }
}
