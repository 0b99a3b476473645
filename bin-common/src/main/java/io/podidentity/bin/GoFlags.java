package io.podidentity.bin;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.lang.reflect.AnnotatedElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command line as AAD Pod Identity v1 takes it: {@code -x}, {@code --x}, {@code --x=v}, {@code
 * --x v}; a boolean's value only after {@code =}; the last of repeated flags counts; {@code --help}
 * and {@code --version} always there.
 *
 * <p>What the flags are is declared by picocli's annotations, with two dashes; picocli converts the
 * values and prints the help. A leading command word is the caller's business.
 */
public final class GoFlags {
  private static final Logger log = LoggerFactory.getLogger(GoFlags.class);

  private final CommandLine picocli;
  private final ProgramVersion version;
  private final Map<Class<?>, Function<String, ?>> readers = new HashMap<>();
  private final List<String> withoutEffect = new ArrayList<>();

  /**
   * Reads flags into an object.
   *
   * @param flags has fields with picocli's {@code @Option}, whose first values are the defaults
   */
  public GoFlags(Object flags, ProgramVersion version) {
    this.version = requireNonNull(version, "version");
    CommandSpec spec = CommandSpec.forAnnotatedObject(flags);
    spec.addOption(standard("--version", "Prints the version and exits."));
    spec.addOption(standard("--help", "Prints this and exits."));
    this.picocli = new CommandLine(spec).setOverwrittenOptionsAllowed(true);
    register(boolean.class, GoBoolean::parse);
    register(int.class, GoInteger::parse);
    register(double.class, GoFloat::parse);
    register(Duration.class, GoDuration::parse);
    register(LogFormat.class, LogFormat::parse);
  }

  private <T> void register(Class<T> type, Function<String, T> reader) {
    readers.put(type, reader);
    picocli.registerConverter(type, reader::apply);
  }

  private static OptionSpec standard(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }

  /**
   * Reads the arguments. Help and version go to {@code out}; what is wrong with the arguments goes
   * to {@code err}, in one line.
   *
   * @return the code to exit with at once; empty if the program shall go on
   */
  public OptionalInt parse(List<String> args, PrintStream out, PrintStream err) {
    try {
      List<String> normal = normalise(args.iterator());
      picocli.parseArgs(normal.toArray(String[]::new));
      if (isOn("--help")) {
        picocli.usage(out);
        return OptionalInt.of(0);
      }
      if (isOn("--version")) {
        out.println(version.line());
        return OptionalInt.of(0);
      }
      return OptionalInt.empty();
    } catch (CommandLine.ParameterException e) {
      err.println(
          version.program()
              + ": "
              + ExitCode.oneLine(String.valueOf(e.getMessage()))
              + "; --help lists the flags");
      return OptionalInt.of(ExitCode.BAD_USAGE);
    }
  }

  /**
   * The flags that were given and have no effect: klog's, and those marked {@link WithoutEffect}.
   */
  public List<String> withoutEffect() {
    return List.copyOf(withoutEffect);
  }

  /** Names them in one line of the log, if there are any. */
  public void logWithoutEffect() {
    if (!withoutEffect.isEmpty()) {
      log.warn("flags without effect in this version flags={}", withoutEffect);
    }
  }

  /**
   * Brings each argument into the one form {@code --x=v}, so that picocli has no choice to make.
   */
  private List<String> normalise(Iterator<String> args) {
    List<String> normal = new ArrayList<>();
    while (args.hasNext()) {
      String arg = args.next();
      if (!arg.startsWith("-") || arg.equals("-") || arg.equals("--")) {
        throw wrong(
            "unexpected argument \"" + arg + "\" (a boolean's value follows =, as in --x=true)");
      }
      if (KlogFlags.isVerbosity(arg)) {
        withoutEffect.add("v");
        continue;
      }
      String text = arg.substring(arg.startsWith("--") ? 2 : 1);
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      @Nullable String value = equals < 0 ? null : text.substring(equals + 1);
      if (KlogFlags.isOne(name)) {
        withoutEffect.add(name);
        if (value == null && KlogFlags.takesValue(name)) {
          valueOf(name, args);
        }
        continue;
      }
      String flag = name.equals("h") ? "--help" : "--" + name;
      OptionSpec option = option(flag);
      if (isWithoutEffect(option)) {
        withoutEffect.add(name);
      }
      if (value == null) {
        value = isBoolean(option) ? "true" : valueOf(name, args);
      }
      check(flag, option, value);
      normal.add(flag + "=" + value);
    }
    return normal;
  }

  /** Here, because picocli takes an empty value for none, and has another text for each type. */
  private void check(String flag, OptionSpec option, String value) {
    Function<String, ?> reader = readers.get(option.type());
    if (reader != null) {
      try {
        var unused = reader.apply(value);
      } catch (IllegalArgumentException e) {
        throw wrong("flag " + flag + ": " + e.getMessage());
      }
    }
  }

  private OptionSpec option(String flag) {
    OptionSpec option = picocli.getCommandSpec().findOption(flag);
    if (option == null) {
      throw wrong("unknown flag " + flag);
    }
    return option;
  }

  private static boolean isWithoutEffect(OptionSpec option) {
    return option.userObject() instanceof AnnotatedElement element
        && element.isAnnotationPresent(WithoutEffect.class);
  }

  private static boolean isBoolean(OptionSpec option) {
    return option.type() == boolean.class;
  }

  private String valueOf(String name, Iterator<String> args) {
    if (!args.hasNext()) {
      throw wrong("flag --" + name + " needs a value");
    }
    return args.next();
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(picocli, message);
  }

  private boolean isOn(String flag) {
    OptionSpec option = picocli.getCommandSpec().findOption(flag);
    return option != null && Boolean.TRUE.equals(option.getValue());
  }
}
