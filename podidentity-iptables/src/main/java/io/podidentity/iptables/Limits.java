package io.podidentity.iptables;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long the node's programs may take.
 *
 * @param lock the lock file of iptables' legacy back-end
 * @param lockWait how long a write waits for that lock; whole seconds, at least one
 * @param timeout how long a program may take in all; more than {@code lockWait}
 */
record Limits(Path lock, Duration lockWait, Duration timeout) {
  static final Limits DEFAULT =
      new Limits(IptablesCommands.DEFAULT_LOCK, Duration.ofSeconds(10), Duration.ofSeconds(30));

  Limits {
    if (lockWait.compareTo(Duration.ofSeconds(1)) < 0 || lockWait.toNanosPart() != 0) {
      throw new IllegalArgumentException("lockWait must be whole seconds, at least one");
    }
    if (timeout.compareTo(lockWait) <= 0) {
      throw new IllegalArgumentException("timeout must be more than lockWait");
    }
  }
}
