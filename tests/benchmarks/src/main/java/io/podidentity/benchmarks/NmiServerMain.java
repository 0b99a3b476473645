package io.podidentity.benchmarks;

import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.OperationMode;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.azure.imds.ImdsTokenSource;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.Logging;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.nmi.Nmi;
import io.podidentity.nmi.NmiCommandLine;
import io.podidentity.nmi.NmiMetrics;
import io.podidentity.nmi.NmiOptions;
import io.podidentity.testkit.InMemoryCluster;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * NMI as it ships but for Kubernetes and iptables: its server, its broker, its cache, its budget,
 * its IMDS client, its log, over pods in memory. Arguments: where IMDS is, and the client ID of
 * each pod's identity. Prints {@code listening port=N}; ends when it is killed.
 */
final class NmiServerMain {
  private NmiServerMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    Logging.configure(LogFormat.TEXT);
    URI imds = URI.create(arguments[0]);
    List<String> clientIds = List.of(arguments).subList(1, arguments.length);
    InMemoryCluster cluster = new InMemoryCluster();
    for (int i = 0; i < clientIds.size(); i++) {
      BenchNode.put(cluster, i, clientIds.get(i));
    }
    HttpClient client = HttpClients.local();
    Nmi nmi =
        new Nmi(
            options(imds),
            new Nmi.Ports(
                cluster,
                OperationMode.standard(cluster, Set::of, false),
                Exemptions.of(cluster),
                new ImdsTokenSource(
                    imds, Duration.ofSeconds(10), "bench", client, Clock.systemUTC()),
                Map.of(),
                null,
                new NmiMetrics(),
                client),
            Clock.systemUTC());
    InetSocketAddress address = nmi.start();
    System.out.println("listening port=" + address.getPort());
    new CountDownLatch(1).await();
  }

  private static NmiOptions options(URI imds) {
    NmiCommandLine commandLine =
        new NmiCommandLine(ProgramVersion.ofThisBuild("nmi"), variable -> null);
    OptionalInt exit =
        commandLine.parse(
            List.of(
                "--node=" + BenchNode.NAME,
                "--nmi-port=0",
                "--http-probe-port=0",
                "--prometheus-port=0",
                "--redirect=none",
                "--metadata-ip=" + imds.getHost(),
                "--metadata-port=" + imds.getPort()),
            System.out,
            System.err);
    if (exit.isPresent()) {
      throw new IllegalStateException("the flags are not those of this build");
    }
    return commandLine.options();
  }
}
