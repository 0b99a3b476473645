package io.podidentity.mic;

import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.Daemons;
import io.podidentity.bin.GoFlags;
import io.podidentity.bin.Logging;
import io.podidentity.bin.Parts;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.bin.Shutdown;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code mic}. */
public final class MicMain {
  private static final Logger log = LoggerFactory.getLogger(MicMain.class);

  /** What it exits with if it cannot start, or, as v1, if it has lost its lease. */
  private static final int FAILED = 1;

  /** Kubernetes kills a pod 30 s after it told it to end. */
  private static final Duration STOPPING = Duration.ofSeconds(20);

  private MicMain() {}

  /** Runs until it is told to end. */
  public static void main(String[] args) throws InterruptedException {
    ProgramVersion version = ProgramVersion.ofThisBuild("mic");
    MicFlags flags = new MicFlags();
    GoFlags commandLine = new GoFlags(flags, version);
    OptionalInt exit = commandLine.parse(List.of(args), System.out, System.err);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    try {
      MicOptions options = MicOptions.of(flags, System.getenv(), hostName(System.getenv()));
      Logging.configure(options.logFormat());
      log.info("starting version=\"{}\"", version.line());
      sayWithoutEffect(commandLine, flags);
      run(options, version);
    } catch (PodIdentityException e) {
      System.err.println("mic: " + e.getMessage());
      System.exit(FAILED);
    }
  }

  private static void run(MicOptions options, ProgramVersion version) throws InterruptedException {
    Parts parts = new Parts();
    // First: SIGTERM may come while it starts.
    Shutdown shutdown = Shutdown.install(parts, STOPPING);
    try {
      parts.add(
          Mic.start(
              options,
              version.userAgent(options.customUserAgent()),
              Clock.systemUTC(),
              () -> leaseLost(shutdown)));
    } catch (PodIdentityException e) {
      System.err.println("mic: " + e.getMessage());
      shutdown.exit(FAILED);
    }
    // The parts' threads are daemons; the shutdown hook ends the process.
    new CountDownLatch(1).await();
  }

  private static void leaseLost(Shutdown shutdown) {
    // v1's wording.
    log.error("lost leader lease");
    // On a thread of its own: this one is a part's, which is waited for when parts are closed.
    Daemons.named("exit").newThread(() -> shutdown.exit(FAILED)).start();
  }

  private static void sayWithoutEffect(GoFlags commandLine, MicFlags flags) {
    List<String> names = new ArrayList<>(commandLine.withoutEffect());
    names.addAll(flags.withoutEffect());
    if (!names.isEmpty()) {
      log.warn("flags without effect in this version flags={}", names);
    }
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
