package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lock of the legacy back-end; a file of the test's own stands for {@code /run/xtables.lock}.
 */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_LEGACY})
final class XtablesLockTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private NetworkNamespace node;
  private Path lock;

  @BeforeEach
  void makeNode() throws IOException {
    node = NetworkNamespace.create("lock");
    lock = Files.createFile(folder.resolve("xtables.lock"));
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @Test
  void busyLockIsWaitedForAndReleased() throws Exception {
    IptablesRedirect redirect = redirect(Backend.LEGACY, Duration.ofSeconds(40));
    CompletableFuture<Boolean> ensured;
    try (ManagedProcess holder = LockHolder.start(lock)) {
      ensured = CompletableFuture.supplyAsync(redirect::ensure);
      Await.until("iptables waits for the lock", LONG, this::isWaitedFor);
      assertThat(ensured).isNotDone();
      assertThat(Backend.LEGACY.list(node)).doesNotContain("-N aad-metadata");
      holder.kill();
    }
    assertThat(ensured.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Backend.LEGACY.list(node)).containsAll(RedirectRules.DEFAULT.lines());
    assertThat(Command.of("flock", "-n", lock.toString(), "true").run().exitCode()).isZero();
  }

  @Test
  void lockThatStaysBusyIsNamed() {
    IptablesRedirect redirect = redirect(Backend.LEGACY, Duration.ofSeconds(1));
    try (ManagedProcess holder = LockHolder.start(lock)) {
      assertThatThrownBy(redirect::ensure)
          .isInstanceOfSatisfying(
              PodIdentityException.class,
              e -> assertThat(e.reason()).isEqualTo(ErrorReason.REDIRECT_FAILED))
          .hasMessage(
              "iptables-legacy-restore: the lock "
                  + lock
                  + " was held by another program for 1 s; it still is: see who holds it with"
                  + " lslocks");
      assertThat(holder.isAlive()).isTrue();
    }
    assertThat(redirect.ensure()).isTrue();
  }

  @Test
  void readingNeedsNoLock() {
    IptablesRedirect redirect = redirect(Backend.LEGACY, Duration.ofSeconds(1));
    redirect.ensure();
    try (ManagedProcess holder = LockHolder.start(lock)) {
      assertThat(redirect.ensure()).isFalse();
      assertThat(holder.isAlive()).isTrue();
    }
  }

  @Test
  void newerBackEndDoesNotMindTheLock() {
    Backend.NFT.require();
    try (ManagedProcess holder = LockHolder.start(lock)) {
      assertThat(redirect(Backend.NFT, Duration.ofSeconds(1)).ensure()).isTrue();
      assertThat(holder.isAlive()).isTrue();
    }
  }

  private IptablesRedirect redirect(Backend backend, Duration lockWait) {
    IptablesCommands commands =
        backend.commands(node).withLock(lock).withLimits(lockWait, lockWait.plusSeconds(20));
    return new IptablesRedirect(RedirectRules.DEFAULT, commands);
  }

  /** Whether a process waits for it; {@code /proc/locks} marks such a line by an arrow. */
  private boolean isWaitedFor() {
    try {
      String inode = ":" + Files.getAttribute(lock, "unix:ino") + " ";
      return Files.readAllLines(Path.of("/proc/locks")).stream()
          .anyMatch(line -> line.contains("-> FLOCK") && line.contains(inode));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
