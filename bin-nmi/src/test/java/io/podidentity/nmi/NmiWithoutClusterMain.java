package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.OperationMode;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.bin.Shutdown;
import io.podidentity.testkit.InMemoryCluster;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * The program but for Kubernetes: a pod with the label, and nothing that binds it, has the address
 * that is the first argument. The others are NMI's flags. Prints {@code listening port=N}.
 */
final class NmiWithoutClusterMain {
  private NmiWithoutClusterMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    InMemoryCluster cluster = new InMemoryCluster();
    cluster.putPod(
        new Pod(
            new NamespacedName("default", "web"),
            "uid",
            "n1",
            Map.of(IdentityBinding.POD_LABEL, "web"),
            Set.of(TestNmi.inet(arguments[0])),
            PodPhase.RUNNING,
            false,
            false));
    NmiCommandLine commandLine =
        new NmiCommandLine(ProgramVersion.ofThisBuild("nmi"), variable -> null);
    List<String> flags = List.of(arguments).subList(1, arguments.length);
    OptionalInt exit = commandLine.parse(flags, System.out, System.err);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    Nmi nmi =
        new Nmi(
            commandLine.options(),
            new Nmi.Ports(
                cluster,
                OperationMode.standard(cluster, false),
                Exemptions.of(cluster),
                query -> {
                  throw new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "there is none");
                },
                Map.of(),
                null,
                new NmiMetrics(),
                TestNmi.metadataClient()),
            Clock.systemUTC());
    Shutdown.install(nmi, Duration.ofSeconds(15));
    System.out.println("listening port=" + nmi.start().getPort());
    new CountDownLatch(1).await();
  }
}
