package io.podidentity.harness.process;

import java.time.Duration;

/** Starts a process, tells its ID, and either exits or stays; it never ends the process itself. */
final class OrphanMakerMain {

  private OrphanMakerMain() {}

  public static void main(String[] args) {
    ManagedProcess child = Command.of("sleep", "600").start("orphan");
    System.out.println("child " + child.pid());
    if (args[0].equals("stay")) {
      child.awaitExit(Duration.ofMinutes(10));
    }
  }
}
