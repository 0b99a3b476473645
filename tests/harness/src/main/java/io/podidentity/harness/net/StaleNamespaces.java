package io.podidentity.harness.net;

import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Namespaces whose JVM is gone, because it was killed before it could remove them. */
final class StaleNamespaces {

  private static final AtomicBoolean SWEPT = new AtomicBoolean();

  private StaleNamespaces() {}

  /** Sweeps once in this JVM's life. */
  static void sweepOnce() {
    if (SWEPT.compareAndSet(false, true)) {
      sweep();
    }
  }

  static void sweep() {
    Command.of("ip", "netns", "list")
        .output()
        .lines()
        .map(line -> line.split(" ", -1)[0])
        .filter(StaleNamespaces::isStale)
        .forEach(StaleNamespaces::remove);
  }

  private static boolean isStale(String name) {
    @Nullable NamespaceOwner owner = NamespaceOwner.of(name);
    return owner != null && !owner.isAlive();
  }

  /**
   * Kills what runs in the namespace and removes it. A namespace lives on without its name as long
   * as a process is in it, and so would its devices. One that is gone already is no error.
   */
  static void remove(String name) {
    CommandResult inside = Command.of("ip", "netns", "pids", name).run();
    if (inside.exitCode() == 0) {
      inside.stdout().lines().map(String::strip).map(Long::valueOf).forEach(StaleNamespaces::kill);
    }
    Command.of("ip", "netns", "delete", name).run();
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }
}
