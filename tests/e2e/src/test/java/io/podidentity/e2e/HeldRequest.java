package io.podidentity.e2e;

import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.kube.EnvtestBinaries;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.process.ManagedProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * A pod's token request that NMI holds because the pod's identity is not assigned yet, and a watch
 * that sees the moment when it is.
 */
final class HeldRequest implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final CompletableFuture<Timed<HttpAnswer>> answer;
  private final ManagedProcess watch;

  private HeldRequest(CompletableFuture<Timed<HttpAnswer>> answer, ManagedProcess watch) {
    this.answer = answer;
    this.watch = watch;
  }

  /**
   * Sends the request.
   *
   * @return when NMI has it
   */
  static HeldRequest start(EndToEndCluster cluster, TestPod pod) {
    ManagedProcess watch = watchRecords(cluster);
    CompletableFuture<Timed<HttpAnswer>> answer =
        CompletableFuture.supplyAsync(() -> Timed.now(pod.askForToken()));
    HeldRequest request = new HeldRequest(answer, watch);
    try {
      Await.until(
          pod.name() + " has a connection that is redirected to NMI",
          LIMIT,
          pod::isConnectedToImds);
      return request;
    } catch (HarnessException e) {
      request.close();
      throw e;
    }
  }

  /**
   * Waits for the answer.
   *
   * @param recordName the record whose assignment it waits for
   */
  Outcome await(String recordName) {
    Pattern assigned = Pattern.compile("^" + Pattern.quote(recordName) + " Assigned$");
    long assignedAt = Timed.now(watch.awaitLine(assigned, LIMIT)).nanos();
    try {
      Timed<HttpAnswer> given = answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      // The answer may overtake the watch.
      return new Outcome(given.value(), Duration.ofNanos(Math.max(0, given.nanos() - assignedAt)));
    } catch (ExecutionException | TimeoutException e) {
      throw new HarnessException("no answer to the pod's request for " + recordName, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted", e);
    }
  }

  @Override
  public void close() {
    watch.kill();
  }

  /** Prints {@code NAME STATE} for every record that is there, and for every change. */
  private static ManagedProcess watchRecords(EndToEndCluster cluster) {
    return cluster
        .network()
        .control()
        .start(
            "watch",
            EnvtestBinaries.find().folder().resolve("kubectl").toString(),
            "--kubeconfig=" + cluster.api().adminKubeconfig(),
            "get",
            "azureassignedidentities",
            "-n",
            "default",
            "--watch",
            "-o",
            "jsonpath={.metadata.name} {.status.status}{\"\\n\"}");
  }

  /**
   * What came of it.
   *
   * @param answer NMI's
   * @param assignedToAnswer how long the record was {@code Assigned} before the answer was there
   */
  record Outcome(HttpAnswer answer, Duration assignedToAnswer) {}

  /** A value and the moment it was there. */
  private record Timed<T>(T value, long nanos) {
    static <T> Timed<T> now(T value) {
      return new Timed<>(value, System.nanoTime());
    }
  }
}
