package io.podidentity.bin;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command line as AAD Pod Identity v1 takes it: {@code -x}, {@code --x}, {@code --x=v}, {@code
 * --x v}; a boolean's value only after {@code =}; the last of repeated flags counts; {@code --help}
 * and {@code --version} always there.
 *
 * <p>What the flags are is declared by {@link Flag} and {@link FlagGroup}. picocli prints the help
 * and does nothing else: its classes, annotations too, are of a format that no ahead-of-time cache
 * takes, and loading them would be half of a program's start. A leading command word is the
 * caller's business.
 */
public final class GoFlags {
  private static final Logger log = LoggerFactory.getLogger(GoFlags.class);

  private static final String HELP = "--help";
  private static final String VERSION = "--version";

  private final Object flags;
  private final ProgramVersion version;
  private final Map<String, FlagField> fields;
  private final List<String> withoutEffect = new ArrayList<>();
  private Set<String> given = Set.of();

  /**
   * Reads flags into an object.
   *
   * @param flags has fields with {@link Flag}, whose first values are the defaults
   */
  public GoFlags(Object flags, ProgramVersion version) {
    this.flags = requireNonNull(flags, "flags");
    this.version = requireNonNull(version, "version");
    this.fields = FlagField.of(flags);
  }

  /**
   * Reads the arguments. Help and version go to {@code out}; what is wrong with the arguments goes
   * to {@code err}, in one line.
   *
   * @return the code to exit with at once; empty if the program shall go on
   */
  public OptionalInt parse(List<String> args, PrintStream out, PrintStream err) {
    Map<String, Object> values;
    try {
      values = read(args.iterator());
    } catch (IllegalArgumentException e) {
      err.println(
          version.program()
              + ": "
              + ExitCode.oneLine(String.valueOf(e.getMessage()))
              + "; --help lists the flags");
      return OptionalInt.of(ExitCode.BAD_USAGE);
    }
    if (Boolean.TRUE.equals(values.remove(HELP))) {
      GoFlagsHelp.print(flags, out);
      return OptionalInt.of(0);
    }
    if (Boolean.TRUE.equals(values.remove(VERSION))) {
      out.println(version.line());
      return OptionalInt.of(0);
    }
    values.forEach((name, value) -> field(name).set(value));
    given = Set.copyOf(values.keySet());
    return OptionalInt.empty();
  }

  /**
   * What a flag has: its default, or what was given.
   *
   * @param flag with two dashes
   * @throws IllegalArgumentException if there is none such
   */
  public Object value(String flag) {
    return field(flag).value();
  }

  /** The flags that were given, with two dashes each; not klog's. */
  public Set<String> given() {
    return given;
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

  /** The values that are given, by flags' names with two dashes. */
  private Map<String, Object> read(Iterator<String> args) {
    Map<String, Object> values = new HashMap<>();
    while (args.hasNext()) {
      String arg = args.next();
      if (!arg.startsWith("-") || arg.equals("-") || arg.equals("--")) {
        throw new IllegalArgumentException(
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
      String flag = name.equals("h") ? HELP : "--" + name;
      if (flag.equals(HELP) || flag.equals(VERSION)) {
        values.put(flag, read(flag, value == null ? "true" : value, GoBoolean::parse));
        continue;
      }
      FlagField field = field(flag);
      if (field.isWithoutEffect()) {
        withoutEffect.add(name);
      }
      if (value == null) {
        value = field.isBoolean() ? "true" : valueOf(name, args);
      }
      values.put(flag, read(flag, value, field::read));
    }
    return values;
  }

  private static Object read(String flag, String value, Function<String, ?> reader) {
    try {
      return reader.apply(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("flag " + flag + ": " + e.getMessage(), e);
    }
  }

  private FlagField field(String flag) {
    FlagField field = fields.get(flag);
    if (field == null) {
      throw new IllegalArgumentException("unknown flag " + flag);
    }
    return field;
  }

  private static String valueOf(String name, Iterator<String> args) {
    if (!args.hasNext()) {
      throw new IllegalArgumentException("flag --" + name + " needs a value");
    }
    return args.next();
  }
}
