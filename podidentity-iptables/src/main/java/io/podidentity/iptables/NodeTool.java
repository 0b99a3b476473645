package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One program of the node, such as {@code ip}, whose failures come with what to do about them. */
final class NodeTool {
  private final List<String> program;
  private final Map<String, String> environment;
  private final Limits limits;
  private final Failures failures;

  /**
   * @param program the words that call it; the last one is its name
   */
  NodeTool(List<String> program, Limits limits) {
    this.program = List.copyOf(program);
    this.limits = limits;
    this.failures = new Failures(limits, ProcessRights::read);
    // A lock of our caller's choice is told to the program; else its own environment decides.
    this.environment =
        limits.lock().equals(IptablesCommands.DEFAULT_LOCK)
            ? Map.of()
            : Map.of("XTABLES_LOCKFILE", limits.lock().toString());
  }

  /**
   * Runs it.
   *
   * @param input what it reads; short
   * @param output is given each line of its output, on another thread, before this returns
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if it failed
   */
  void run(List<String> arguments, String input, Consumer<String> output) {
    Command.Result result = attempt(arguments, input, output);
    if (result.exitCode() != 0) {
      throw failures.ofExit(name(), result);
    }
  }

  /** What it wrote. */
  List<String> lines(String... arguments) {
    List<String> lines = new ArrayList<>();
    run(List.of(arguments), "", lines::add);
    return lines;
  }

  /** As {@link #run}, whatever its exit code. */
  Command.Result attempt(List<String> arguments, String input, Consumer<String> output) {
    List<String> words = new ArrayList<>(program);
    words.addAll(arguments);
    try {
      return new Command(words, environment, limits.timeout()).run(input, output);
    } catch (IOException e) {
      throw failures.ofStart(name(), e);
    } catch (TimeoutException e) {
      throw failures.ofTimeout(name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED, name() + " was stopped, because its caller is stopping", e);
    }
  }

  /**
   * Whether it ends well; not so either if there is no such program.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if that is not known: it did not end
   *     in time, or could not be started for another reason
   */
  boolean succeeds(List<String> arguments, String input) {
    try {
      return attempt(arguments, input, line -> {}).exitCode() == 0;
    } catch (PodIdentityException e) {
      if (Failures.isOfMissingProgram(e)) {
        return false;
      }
      throw e;
    }
  }

  /** What it is called. */
  String name() {
    return program.get(program.size() - 1);
  }
}
