package io.podidentity.iptables;

import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** Another program that holds a lock by flock(2), as iptables does. */
final class LockHolder {
  private LockHolder() {}

  /** Returns when it is held; killing the process lets go. */
  static ManagedProcess start(Path file) {
    ManagedProcess holder =
        Command.of("flock", "-o", file.toString(), "sh", "-c", "echo held; exec sleep 300")
            .start("lock-holder");
    holder.awaitLine(Pattern.compile("^held$"), Duration.ofSeconds(20));
    return holder;
  }
}
