package io.podidentity.e2e;

import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The node on which it happens, with at most one NMI that is meant to stay. Not thread-safe. */
final class ChaosNode implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern IN_PLACE = Pattern.compile("rules are in place");

  /** What v1.8.17 does when it is told to end: {@code pkg/nmi/iptables}, DeleteCustomChain. */
  private static final String REMOVAL_BY_V1 =
      """
      *nat
      -D PREROUTING -j aad-metadata
      -F aad-metadata
      -X aad-metadata
      COMMIT
      """;

  /** What {@code iptables-save} wrote when there was nothing. */
  private static final String OLD_FILE = "*nat\nCOMMIT\n*filter\nCOMMIT\n";

  private final NetworkNamespace namespace;
  private final KubeApiServer api;
  private final Supplier<Program> nmis;
  private final boolean exitsAsV1;
  private @Nullable Program nmi;
  private boolean frozen;
  private boolean apiServerRuns = true;
  private boolean accepts;
  private int renamed;

  /**
   * @param nmis makes one that does not run yet
   * @param exitsAsV1 whether the redirect is removed when NMI is told to end
   */
  ChaosNode(
      NetworkNamespace namespace, KubeApiServer api, Supplier<Program> nmis, boolean exitsAsV1) {
    this.namespace = namespace;
    this.api = api;
    this.nmis = nmis;
    this.exitsAsV1 = exitsAsV1;
  }

  /** Whether the step means something now. */
  boolean allows(ChaosStep step) {
    return switch (step) {
      case START, START_AND_GO_ON -> running() == null;
      case TERM, KILL -> running() != null;
      case REPLACE, OUT_OF_MEMORY, FREEZE -> running() != null && !frozen;
      case GO_ON -> running() != null && frozen;
      case FLUSH_NAT,
          FLUSH_RULESET,
          DELETE_JUMP,
          DELETE_REDIRECT,
          RENAME_CHAIN,
          RESTORE_OLD,
          ACCEPT_IN_LOCKDOWN,
          DELETE_LOCKDOWN ->
          true;
      case DELETE_ROUTING -> running() != null && !frozen && isLockedDown();
      case INSERT_ACCEPT -> !accepts;
      case DROP_ACCEPT -> accepts;
      case STOP_API_SERVER -> apiServerRuns;
      case START_API_SERVER -> !apiServerRuns;
    };
  }

  /**
   * Does it.
   *
   * @param meanwhile what is waited for between the two halves of a step that has such
   */
  void take(ChaosStep step, Runnable meanwhile) {
    switch (step) {
      case START -> awaitRules(start());
      case START_AND_GO_ON -> start();
      case TERM -> end(present());
      case KILL -> present().kill();
      case REPLACE -> replace(meanwhile);
      case OUT_OF_MEMORY -> takeItsMemory(present(), meanwhile);
      case FREEZE -> {
        present().process().signal(Signal.STOP);
        frozen = true;
      }
      case GO_ON -> {
        present().process().signal(Signal.CONT);
        frozen = false;
      }
      case FLUSH_NAT -> namespace.exec("iptables", "-w", "-t", "nat", "-F");
      case FLUSH_RULESET -> namespace.exec("nft", "flush", "ruleset");
      case DELETE_JUMP -> stranger("iptables -w -t nat -D PREROUTING -j aad-metadata");
      case DELETE_REDIRECT -> stranger("iptables -w -t nat -D aad-metadata 1");
      case RENAME_CHAIN -> stranger("iptables -w -t nat -E aad-metadata renamed" + ++renamed);
      case RESTORE_OLD -> {
        namespace.inside(Command.of("iptables-restore", "-w").withInput(OLD_FILE)).output();
        accepts = false;
      }
      case INSERT_ACCEPT -> {
        stranger("iptables -w -t nat -I PREROUTING 1 -j ACCEPT");
        accepts = true;
      }
      case DROP_ACCEPT -> {
        stranger("iptables -w -t nat -D PREROUTING -j ACCEPT");
        accepts = false;
      }
      case ACCEPT_IN_LOCKDOWN -> {
        stranger("nft insert rule ip podidentity-lockdown forward accept");
        stranger("nft insert rule bridge podidentity-lockdown forward accept");
      }
      case DELETE_LOCKDOWN -> {
        stranger("nft delete table ip podidentity-lockdown");
        stranger("nft delete table bridge podidentity-lockdown");
      }
      case DELETE_ROUTING -> {
        namespace.ip("rule del pref 2");
        Await.until("the prohibition is back", LIMIT, this::isProhibited);
      }
      case STOP_API_SERVER -> {
        api.stopServer();
        apiServerRuns = false;
      }
      case START_API_SERVER -> {
        api.startServer();
        apiServerRuns = true;
      }
    }
  }

  /** Brings back whatever does not run. */
  void heal() {
    for (ChaosStep step :
        new ChaosStep[] {
          ChaosStep.GO_ON, ChaosStep.DROP_ACCEPT, ChaosStep.START_API_SERVER, ChaosStep.START
        }) {
      if (allows(step)) {
        take(step, () -> {});
      }
    }
  }

  private boolean isLockedDown() {
    String forward = namespace.exec("nft", "list", "ruleset");
    return isProhibited()
        && forward.contains("table ip podidentity-lockdown")
        && !forward.contains("accept\n\t\tip daddr 169.254.169.254 reject");
  }

  private boolean isProhibited() {
    return namespace.exec("ip", "-4", "rule").contains("to 169.254.169.254 prohibit");
  }

  /** What it would change may not be there. */
  private void stranger(String command) {
    namespace.command(command.split(" ", -1)).run();
  }

  /** Leaves no NMI, nothing of the strangers, and the API server running. */
  @Override
  public void close() {
    if (nmi != null) {
      nmi.kill();
    }
    namespace.exec("nft", "flush", "ruleset");
    if (allows(ChaosStep.START_API_SERVER)) {
      take(ChaosStep.START_API_SERVER, () -> {});
    }
  }

  private Program start() {
    Program started = nmis.get();
    started.start();
    nmi = started;
    frozen = false;
    return started;
  }

  private static void awaitRules(Program started) {
    started.process().awaitLine(IN_PLACE, LIMIT);
  }

  private void replace(Runnable meanwhile) {
    Program old = present();
    start();
    meanwhile.run();
    end(old);
  }

  private void end(Program old) {
    old.stop();
    if (exitsAsV1) {
      // Another NMI may have been faster, or a stranger.
      namespace
          .inside(Command.of("iptables-restore", "-w", "--noflush").withInput(REMOVAL_BY_V1))
          .run();
    }
  }

  /** It gets no page more. If its JVM does not end itself, the kernel ends it, as it does then. */
  private static void takeItsMemory(Program program, Runnable meanwhile) {
    Command.of("prlimit", "--pid", Long.toString(program.process().pid()), "--data=1").output();
    meanwhile.run();
    program.kill();
  }

  private Program present() {
    Program running = running();
    if (running == null) {
      throw new HarnessException("no NMI runs");
    }
    return running;
  }

  private @Nullable Program running() {
    return nmi != null && nmi.process().isAlive() ? nmi : null;
  }
}
