package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.List;

/** The table of one of our chains, through the iptables commands. */
final class IptablesTable {
  private final OwnChain chain;
  private final NodeTool save;
  private final NodeTool restore;
  private final List<String> restoreArguments;

  IptablesTable(OwnChain chain, IptablesCommands commands) {
    this.chain = chain;
    this.save = new NodeTool(commands.save(), commands.limits());
    this.restore = new NodeTool(commands.restore(), commands.limits());
    this.restoreArguments =
        List.of("--noflush", "-w", Long.toString(commands.lockWait().toSeconds()));
  }

  /** Reads it once, in one piece; that needs no lock. */
  TableState read() {
    TableReader reader = new TableReader(chain);
    save.run(List.of("-t", chain.table()), "", reader);
    return reader.result();
  }

  /**
   * Writes a change. The command waits for the lock itself ({@code -w}): the legacy back-end takes
   * it, so whoever held it around the command would wait for himself; the nft back-end needs none.
   */
  void write(Transaction change) {
    restore.run(restoreArguments, change.text(), line -> {});
  }

  /** Has the change looked at, and not made. */
  void attempt(Transaction change) {
    List<String> arguments = new ArrayList<>(restoreArguments);
    arguments.add("--test");
    restore.run(arguments, change.text(), line -> {});
  }

  /** The command that reads a change. */
  String restoreCommand() {
    return restore.name() + " " + String.join(" ", restoreArguments);
  }
}
