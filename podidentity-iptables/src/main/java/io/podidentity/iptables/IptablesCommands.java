package io.podidentity.iptables;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands that read and write the node's rules, and how long they may take. Immutable.
 *
 * <p>{@code iptables} is an alternative on most systems and stands for one of two back-ends; a rule
 * of one is not seen by the other. The back-end should be the one that holds the cluster's other
 * rules.
 *
 * @param save the command and its first arguments, such as {@code iptables-save}, or {@code
 *     xtables-nft-multi iptables-save}; found on the PATH
 * @param restore as {@code save}, for {@code iptables-restore}; 1.6.2 or newer
 * @param lock the lock file of the legacy back-end; default {@link #DEFAULT_LOCK}
 * @param lockWait how long a write waits for that lock; whole seconds, at least one; default 10 s
 * @param timeout how long a command may take in all; more than {@code lockWait}; default 30 s
 */
public record IptablesCommands(
    List<String> save, List<String> restore, Path lock, Duration lockWait, Duration timeout) {
  /** Where iptables has its lock unless its environment says otherwise. */
  public static final Path DEFAULT_LOCK = Path.of("/run/xtables.lock");

  /** Copies the lists and checks the limits. */
  public IptablesCommands {
    if (save.isEmpty() || restore.isEmpty()) {
      throw new IllegalArgumentException("save and restore must name a program");
    }
    save = List.copyOf(save);
    restore = List.copyOf(restore);
    // Its constructor checks them.
    var unused = new Limits(lock, lockWait, timeout);
  }

  /**
   * The commands of one family with the default limits.
   *
   * @param family {@code iptables}, {@code iptables-nft} or {@code iptables-legacy}
   */
  public static IptablesCommands of(String family) {
    return new IptablesCommands(
        List.of(family + "-save"),
        List.of(family + "-restore"),
        Limits.DEFAULT.lock(),
        Limits.DEFAULT.lockWait(),
        Limits.DEFAULT.timeout());
  }

  /** The same behind other words, such as {@code ip netns exec NAME} or {@code nsenter -t 1 -n}. */
  public IptablesCommands withPrefix(List<String> prefix) {
    return new IptablesCommands(
        joined(prefix, save), joined(prefix, restore), lock, lockWait, timeout);
  }

  /** The same with another lock file; the commands use it too. */
  public IptablesCommands withLock(Path file) {
    return new IptablesCommands(save, restore, file, lockWait, timeout);
  }

  /** The same with other limits. */
  public IptablesCommands withLimits(Duration newLockWait, Duration newTimeout) {
    return new IptablesCommands(save, restore, lock, newLockWait, newTimeout);
  }

  Limits limits() {
    return new Limits(lock, lockWait, timeout);
  }

  private static List<String> joined(List<String> prefix, List<String> words) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(words);
    return all;
  }
}
