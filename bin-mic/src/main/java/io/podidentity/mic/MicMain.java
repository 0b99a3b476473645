package io.podidentity.mic;

import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.Daemons;
import io.podidentity.bin.ExitCode;
import io.podidentity.bin.GoFlags;
import io.podidentity.bin.Logging;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.Parts;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.bin.Shutdown;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code mic}. */
public final class MicMain {
  private static final Logger log = LoggerFactory.getLogger(MicMain.class);

  /** Kubernetes kills a pod 30 s after it told it to end. */
  private static final Duration STOPPING = Duration.ofSeconds(20);

  private static final String PLAN = "plan";
  private static final String DRAIN = "drain";
  private static final String DOCTOR = "doctor";
  private static final String REPORT = "report workload-identity";
  private static final List<String> COMMANDS = List.of(PLAN, DRAIN, DOCTOR, REPORT);
  private static final Set<String> PRINTING = Set.of(PLAN, DOCTOR, REPORT);
  private static final Set<String> BOUNDED = Set.of(PLAN, DRAIN, DOCTOR);

  private MicMain() {}

  /** Runs until it is told to end. */
  public static void main(String[] args) throws InterruptedException {
    ProgramVersion version = ProgramVersion.ofThisBuild("mic");
    MicFlags flags = new MicFlags();
    GoFlags commandLine = new GoFlags(flags, version);
    List<String> all = List.of(args);
    String command = COMMANDS.stream().filter(it -> begins(all, it)).findFirst().orElse("");
    List<String> given = command.isEmpty() ? all : all.subList(words(command).size(), all.size());
    OptionalInt exit = commandLine.parse(given, System.out, System.err);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    String host = hostName(System.getenv());
    if (command.equals(DRAIN)) {
      flags.drain(host);
    }
    try {
      flags.own.require(PRINTING.contains(command), BOUNDED.contains(command));
      if (command.equals(REPORT)) {
        report(flags, version);
        System.exit(0);
      }
      MicOptions options = MicOptions.of(flags, System.getenv(), host, version.version());
      Logging.configure(options.logFormat());
      if (command.equals(PLAN)) {
        PlanFormat format = PlanFormat.named(flags.own.output);
        PlanCommand.run(
            options, userAgent(options, version), flags.own.timeout, format, System.out);
        System.exit(0);
      }
      if (command.equals(DOCTOR)) {
        boolean well =
            new DoctorCommand(options, userAgent(options, version), flags.own.timeout)
                .run(OutputFormat.named(flags.own.output), Clock.systemUTC(), System.out);
        System.exit(well ? 0 : ExitCode.FAILED);
      }
      log.info("starting mic version={}", version.version());
      commandLine.logWithoutEffect();
      Drain drain = command.equals(DRAIN) ? new Drain() : null;
      Shutdown shutdown = run(options, userAgent(options, version), drain);
      if (drain != null) {
        end(drain, flags.own.timeout, shutdown);
      }
      // The parts' threads are daemons; the shutdown hook ends the process.
      HeapGrowth.ofThisProcess().watch();
    } catch (PodIdentityException e) {
      System.exit(ExitCode.report(e, "mic", System.err));
    }
  }

  private static boolean begins(List<String> line, String command) {
    List<String> words = words(command);
    return line.size() >= words.size() && line.subList(0, words.size()).equals(words);
  }

  private static List<String> words(String command) {
    return List.of(command.split(" ", -1));
  }

  /** Azure is no part of it. */
  private static void report(MicFlags flags, ProgramVersion version) {
    Logging.configure(flags.common.logFormat());
    ReportCommand.run(
        flags.kubeconfig.isEmpty() ? null : Path.of(flags.kubeconfig),
        version.userAgent(flags.common.customUserAgent()),
        flags.common.forceNamespaced(System.getenv()::get),
        OutputFormat.named(flags.own.output),
        System.out);
  }

  private static Shutdown run(MicOptions options, String userAgent, @Nullable Drain drain) {
    Parts parts = new Parts();
    // First: SIGTERM may come while it starts.
    Shutdown shutdown = Shutdown.install(parts, STOPPING);
    try {
      parts.add(
          Mic.start(
              options,
              userAgent,
              Clock.systemUTC(),
              line -> end(line, shutdown),
              drain == null ? UnaryOperator.identity() : drain::of));
    } catch (PodIdentityException e) {
      shutdown.exit(ExitCode.report(e, log));
    }
    return shutdown;
  }

  private static void end(Drain drain, Duration atMost, Shutdown shutdown)
      throws InterruptedException {
    try {
      drain.await(atMost);
      log.info("drained: no record is left");
      shutdown.exit(0);
    } catch (PodIdentityException e) {
      shutdown.exit(ExitCode.report(e, log));
    }
  }

  private static String userAgent(MicOptions options, ProgramVersion version) {
    return version.userAgent(options.customUserAgent());
  }

  private static void end(String line, Shutdown shutdown) {
    log.error(line);
    // On a thread of its own: this one is a part's, which is waited for when parts are closed.
    Daemons.named("exit").newThread(() -> shutdown.exit(ExitCode.FAILED)).start();
  }

  private static String hostName(Map<String, String> environment) {
    String name = environment.getOrDefault("HOSTNAME", "");
    if (!name.isEmpty()) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "mic";
    }
  }
}
