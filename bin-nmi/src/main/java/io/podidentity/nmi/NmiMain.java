package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.ExitCode;
import io.podidentity.bin.Logging;
import io.podidentity.bin.Parts;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.bin.Shutdown;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code nmi}. */
public final class NmiMain {
  private static final Logger log = LoggerFactory.getLogger(NmiMain.class);

  private static final String UNINSTALL = "uninstall";
  private static final String RULES = "rules";
  private static final String EXPLAIN = "explain";
  private static final String DOCTOR = "doctor";
  private static final List<String> COMMANDS = List.of(UNINSTALL, RULES, EXPLAIN, DOCTOR);

  /** Those that tell about one, and by its flags. */
  private static final List<String> ABOUT_AN_NMI = List.of(RULES, EXPLAIN, DOCTOR);

  /** Kubernetes kills a pod 30 s after it told it to end. */
  private static final Duration STOPPING = Duration.ofSeconds(15);

  private NmiMain() {}

  /** Runs until it is told to end. */
  public static void main(String[] args) throws InterruptedException {
    ProgramVersion version = ProgramVersion.ofThisBuild("nmi");
    // "nmi lockdown" is a script of the distribution.
    String command = args.length > 0 && COMMANDS.contains(args[0]) ? args[0] : "";
    // What is explained may stand before the flags.
    boolean named = command.equals(EXPLAIN) && args.length > 1 && !args[1].startsWith("-");
    int words = (command.isEmpty() ? 0 : 1) + (named ? 1 : 0);
    List<String> flags = new ArrayList<>();
    if (ABOUT_AN_NMI.contains(command)) {
      // Of a flag that is repeated the last one counts.
      flags.addAll(RunningFlags.here());
    }
    flags.addAll(List.of(args).subList(words, args.length));
    if (command.isEmpty()) {
      // To read the flags takes long, too.
      NodeNmi.load();
    }
    NmiCommandLine commandLine = new NmiCommandLine(version, System::getenv);
    OptionalInt exit = commandLine.parse(flags, System.out, System.err);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    try {
      commandLine.requireFlagsOf(command);
      switch (command) {
        case UNINSTALL -> uninstall(commandLine);
        case RULES -> rules(commandLine);
        case EXPLAIN -> explain(commandLine, named ? args[1] : "", version);
        case DOCTOR ->
            exit(commandLine.doctor().run(version.userAgent(""), Clock.systemUTC(), System.out));
        default -> run(commandLine, version);
      }
    } catch (PodIdentityException e) {
      System.exit(ExitCode.report(e, "nmi", System.err));
    }
  }

  private static void rules(NmiCommandLine commandLine) {
    if (!commandLine.checksRules()) {
      System.out.print(commandLine.ownRules().text());
    } else if (!commandLine.rulesCheck().run(System.out)) {
      System.exit(ExitCode.FAILED);
    }
  }

  private static void explain(NmiCommandLine commandLine, String pod, ProgramVersion version) {
    exit(commandLine.explain(pod).run(version.userAgent(""), Clock.systemUTC(), System.out));
  }

  private static void exit(boolean well) {
    System.exit(well ? 0 : ExitCode.FAILED);
  }

  private static void uninstall(NmiCommandLine commandLine) {
    Logging.configure(commandLine.logFormat());
    commandLine.ownRules().all().remove();
    log.info("rules are removed: pods of this node reach the metadata service itself");
  }

  private static void run(NmiCommandLine commandLine, ProgramVersion version)
      throws InterruptedException {
    NmiOptions options = commandLine.options();
    Logging.configure(options.logFormat());
    log.info("starting nmi version={} node={}", version.version(), options.node());
    commandLine.logWithoutEffect();
    Parts parts = new Parts();
    // First: SIGTERM may come while it starts.
    Shutdown shutdown = Shutdown.install(parts, STOPPING);
    try {
      NodeNmi nmi =
          NodeNmi.of(options, version.userAgent(options.customUserAgent()), Clock.systemUTC());
      // Before it starts: it may wait for a port until it is told to end.
      parts.add(nmi);
      // Pods are locked out by now, also where this ends it.
      if (options.kubelet() != null) {
        KubenetGuard.check(options.kubelet());
      }
      nmi.start();
    } catch (PodIdentityException e) {
      if (e.reason() != ErrorReason.SHUTTING_DOWN) {
        shutdown.exit(ExitCode.report(e, log));
      }
    }
    // The shutdown hook ends the process.
    new CountDownLatch(1).await();
  }
}
