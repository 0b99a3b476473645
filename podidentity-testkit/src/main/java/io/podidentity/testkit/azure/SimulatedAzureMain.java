package io.podidentity.testkit.azure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * {@link SimulatedAzure} as a process of its own; {@code --help} lists the flags.
 *
 * <p>The control endpoint takes and gives JSON over plain HTTP; {@link SimulatedAzureClient} speaks
 * it. It answers 204 or 200, 404 for what is not there, and 400 with {@code error} for what it does
 * not understand. SIM is {@code imds}, {@code entra} or {@code arm}.
 *
 * <ul>
 *   <li>{@code GET /state}, {@code POST /state}: everything; adds what an {@link AzureState} holds
 *   <li>{@code PUT /identities}, {@code DELETE /identities?id=}: an {@link AzureState.Identity}
 *   <li>{@code GET /computes?id=}, {@code PUT /computes}, {@code DELETE /computes?id=}: an {@link
 *       AzureState.ComputeResource}
 *   <li>{@code POST /computes/attach?id=&identity=}, {@code POST /computes/detach?id=&identity=}: a
 *       change by somebody else
 *   <li>{@code PUT /nodes}, {@code DELETE /nodes?name=}: an {@link AzureState.Node}
 *   <li>{@code PUT /applications}, {@code DELETE /applications?clientId=&tenantId=}: an {@link
 *       AzureState.Application}
 *   <li>{@code POST /denied?id=}, {@code DELETE /denied?id=}: the right to assign an identity
 *   <li>{@code GET /requests/SIM?since=}, {@code DELETE /requests/SIM}: what it was asked
 *   <li>{@code POST /faults/SIM}, {@code DELETE /faults/SIM}: {@code kind} ({@code reply}, {@code
 *       slow}, {@code truncated}, {@code garbage}, {@code hang-up}, {@code hang-up-afterwards}),
 *       {@code times} (0: until cleared), {@code status}, {@code body}, {@code headers}, {@code
 *       delayMillis}, {@code method}, {@code pathContains}
 *   <li>{@code PUT /writes}: {@code resourceId} (left out: all), {@code mode} ({@code synchronous},
 *       {@code async-operation}, {@code location}), {@code status}, {@code durationMillis}, {@code
 *       retryAfterSeconds}
 *   <li>{@code POST /writes/failures}: {@code resourceId}, {@code code}, {@code message}, {@code
 *       times}, {@code status}: accepted, and failed at the end
 * </ul>
 */
public final class SimulatedAzureMain {
  private SimulatedAzureMain() {}

  /**
   * Starts it, prints one line that begins with {@code ready}, and runs until SIGTERM or SIGINT.
   * Exits with 2 if the command line is wrong, with 1 if an address cannot be used.
   */
  public static void main(String[] arguments) throws InterruptedException {
    List<String> given = List.of(arguments);
    if (given.contains("--help") || given.contains("-h")) {
      System.out.print(SimulatedAzureFlags.USAGE);
      return;
    }
    try {
      SimulatedAzureFlags flags = SimulatedAzureFlags.parse(given);
      SimulatedAzure simulated = SimulatedAzure.start(flags.options());
      CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    simulated.close();
                    stopped.countDown();
                  },
                  "stop-simulated-azure"));
      simulated.load(flags.state());
      Path out = flags.out();
      if (out != null) {
        simulated.writeFiles(out, flags.state());
      }
      System.out.println(readyLine(simulated, out));
      stopped.await();
    } catch (IllegalArgumentException e) {
      fail(2, e.getMessage() + " (--help lists the flags)");
    } catch (UncheckedIOException | IOException e) {
      fail(1, String.valueOf(e.getMessage()));
    }
  }

  private static String readyLine(SimulatedAzure simulated, @Nullable Path out) {
    return "ready imds="
        + simulated.imdsUri()
        + " entra="
        + simulated.entraUri()
        + " arm="
        + simulated.armUri()
        + simulated.controlUri().map(uri -> " control=" + uri).orElse("")
        + (out == null ? "" : " out=" + out);
  }

  private static void fail(int status, String reason) {
    System.err.println("simulated Azure: " + reason);
    System.exit(status);
  }
}
