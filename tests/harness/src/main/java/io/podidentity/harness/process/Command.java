package io.podidentity.harness.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command line and what it needs around it. Immutable: each {@code with…} method gives a changed
 * copy.
 *
 * @param words the program and its arguments; no shell reads them
 * @param environment variables set in addition to those of this JVM
 * @param directory where it runs; null: the JVM's working directory
 * @param input what it reads from its standard input; null: nothing
 * @param timeout how long {@link #run()} waits; it does not limit {@link #start(String)}
 */
public record Command(
    List<String> words,
    Map<String, String> environment,
    @Nullable Path directory,
    @Nullable String input,
    Duration timeout) {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** Copies the collections and refuses an empty command line. */
  public Command {
    if (words.isEmpty()) {
      throw new IllegalArgumentException("words must name a program");
    }
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** A command that inherits everything and reads nothing; {@link #run()} waits 60 s. */
  public static Command of(String... words) {
    return of(List.of(words));
  }

  /** As {@link #of(String...)}. */
  public static Command of(List<String> words) {
    return new Command(words, Map.of(), null, null, DEFAULT_TIMEOUT);
  }

  /** The same with words before it, such as {@code ip netns exec NAME}. */
  public Command withPrefix(List<String> prefix) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(words);
    return new Command(all, environment, directory, input, timeout);
  }

  /** The same with words after it. */
  public Command withArguments(List<String> arguments) {
    List<String> all = new ArrayList<>(words);
    all.addAll(arguments);
    return new Command(all, environment, directory, input, timeout);
  }

  /** The same with one more environment variable. */
  public Command withEnvironment(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.put(name, value);
    return new Command(words, all, directory, input, timeout);
  }

  /** The same in another working directory. */
  public Command withDirectory(Path folder) {
    return new Command(words, environment, folder, input, timeout);
  }

  /** The same with a text on its standard input; only for {@link #run()}. */
  public Command withInput(String text) {
    return new Command(words, environment, directory, text, timeout);
  }

  /** The same with another time limit for {@link #run()}. */
  public Command withTimeout(Duration limit) {
    return new Command(words, environment, directory, input, limit);
  }

  /**
   * Runs it to its end, whatever its exit code.
   *
   * @throws io.podidentity.harness.HarnessException if it cannot be started, or is not done within
   *     the timeout; it is killed then
   */
  public CommandResult run() {
    return CommandRun.of(this);
  }

  /**
   * Runs it to its end and gives its standard output.
   *
   * @throws CommandFailedException if its exit code is not 0
   * @throws io.podidentity.harness.HarnessException as {@link #run()}
   */
  public String output() {
    CommandResult result = run();
    if (result.exitCode() != 0) {
      throw new CommandFailedException(this, result);
    }
    return result.stdout();
  }

  /**
   * Starts it and lets it run.
   *
   * @param label names its log file; letters, digits and hyphens
   * @throws io.podidentity.harness.HarnessException if it cannot be started; a program that does
   *     not exist may also show by exit code 127, because others start it
   */
  public ManagedProcess start(String label) {
    return ManagedProcess.start(this, label);
  }

  /** The command line on one line, for messages. */
  public String line() {
    return String.join(" ", words);
  }

  ProcessBuilder builder() {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    return builder;
  }
}
