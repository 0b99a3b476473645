package io.podidentity.harness.process;

import io.podidentity.harness.HarnessException;

/** A command ended with an exit code other than 0. */
public final class CommandFailedException extends HarnessException {

  private static final long serialVersionUID = 1L;

  private final transient CommandResult result;

  CommandFailedException(Command command, CommandResult result) {
    super(message(command, result));
    this.result = result;
  }

  /** How it ended. */
  public CommandResult result() {
    return result;
  }

  private static String message(Command command, CommandResult result) {
    String said = result.stderr().isBlank() ? result.stdout() : result.stderr();
    return "exit code " + result.exitCode() + " from: " + command.line() + "\n" + said.strip();
  }
}
