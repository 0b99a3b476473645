package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The kernel's table {@code nat}, through the iptables commands. */
final class NatTable {
  private final IptablesCommands commands;
  private final Failures failures;

  NatTable(IptablesCommands commands) {
    this.commands = commands;
    this.failures = new Failures(commands, Posix::effectiveUid);
  }

  /** Reads it once, in one piece; that needs no lock. */
  NatRules read() {
    NatReader reader = new NatReader();
    run(commands.save(), List.of("-t", "nat"), "", reader);
    return reader.result();
  }

  /**
   * Writes a change. The command waits for the lock itself ({@code -w}): the legacy back-end takes
   * it, so whoever held it around the command would wait for himself; the nft back-end needs none.
   */
  void write(Transaction change) {
    List<String> arguments =
        List.of("--noflush", "-w", Long.toString(commands.lockWait().toSeconds()));
    run(commands.restore(), arguments, change.text(), line -> {});
  }

  private void run(
      List<String> program, List<String> arguments, String input, Consumer<String> output) {
    String name = program.get(program.size() - 1);
    List<String> words = new ArrayList<>(program);
    words.addAll(arguments);
    Command command = new Command(words, environment(), commands.timeout());
    try {
      Command.Result result = command.run(input, output);
      if (result.exitCode() != 0) {
        throw failures.ofExit(name, result);
      }
    } catch (IOException e) {
      throw failures.ofStart(name, e);
    } catch (TimeoutException e) {
      throw failures.ofTimeout(name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED, name + " was stopped, because its caller is stopping", e);
    }
  }

  /** A lock of our caller's choice is told to the commands; else their own environment decides. */
  private Map<String, String> environment() {
    return commands.lock().equals(IptablesCommands.DEFAULT_LOCK)
        ? Map.of()
        : Map.of("XTABLES_LOCKFILE", commands.lock().toString());
  }
}
