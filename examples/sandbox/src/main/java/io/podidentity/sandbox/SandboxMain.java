package io.podidentity.sandbox;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.Logging;
import io.podidentity.bin.Shutdown;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** The program behind {@code ./sandbox}. */
public final class SandboxMain {
  private static final Duration STOPPING = Duration.ofSeconds(20);

  /** Held, because java.util.logging forgets the level of a logger that nobody holds. */
  private static final java.util.logging.Logger MOCK_SERVER_LOG =
      java.util.logging.Logger.getLogger("io.fabric8.mockwebserver");

  private SandboxMain() {}

  /** Runs the sandbox. */
  public static void main(String[] args) throws InterruptedException {
    try {
      SandboxOptions options = SandboxOptions.parse(List.of(args));
      if (options.help()) {
        System.out.print(SandboxOptions.USAGE);
        return;
      }
      run(options);
    } catch (RuntimeException e) {
      System.err.println(line(e));
      System.exit(1);
    }
  }

  private static void run(SandboxOptions options) throws InterruptedException {
    quietLogs();
    Clock clock = Clock.systemUTC();
    Narrator narrator = new Narrator(System.out, clock);
    narrator.text(introduction(options));
    Sandbox sandbox = new Sandbox(narrator, clock);
    if (options.once()) {
      try (sandbox) {
        Story story = sandbox.start(options.kubeconfig(), options.programs());
        story.assignment();
        story.tokens();
        story.removal();
      }
      narrator.step("all went as it should");
      return;
    }
    Shutdown shutdown = Shutdown.install(sandbox, STOPPING);
    try {
      Story story = sandbox.start(options.kubeconfig(), options.programs());
      story.assignment();
      story.tokens();
      story.commands();
    } catch (RuntimeException e) {
      System.err.println(line(e));
      shutdown.exit(1);
    }
    new CountDownLatch(1).await();
  }

  /** One line, whatever went wrong; what was not foreseen says what kind of error it is. */
  private static String line(RuntimeException e) {
    boolean foreseen = e instanceof SandboxException || e instanceof PodIdentityException;
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return "sandbox: " + (foreseen ? "" : e.getClass().getSimpleName() + ": ") + message;
  }

  private static String introduction(SandboxOptions options) {
    return """
        Simulated: Azure (IMDS, Entra ID, Resource Manager)%s, and pods, which are addresses
        of the loopback interface. Real: MIC, NMI, and the requests between all of them. Packet rules
        are not touched, so a pod here asks NMI at its own address instead of 169.254.169.254.
        """
        .formatted(
            options.kubeconfig() == null
                ? ", the Kubernetes API (a mock server)"
                : ". The Kubernetes API is the one you gave");
  }

  /** The story is told by the narrator; only what goes wrong is logged. */
  static void quietLogs() {
    Logging.configure(LogFormat.TEXT);
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    MOCK_SERVER_LOG.setLevel(java.util.logging.Level.WARNING);
  }
}
