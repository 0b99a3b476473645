package io.podidentity.nmi;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.OperationMode;
import io.podidentity.azure.imds.ImdsTokenSource;
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
 * that is the first argument; one with an identity that is assigned has the second. The others are
 * NMI's flags. Prints {@code listening port=N}.
 */
final class NmiWithoutClusterMain {
  private NmiWithoutClusterMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    InMemoryCluster cluster = new InMemoryCluster();
    cluster.putPod(pod("web", arguments[0]));
    Pod served = pod("served", arguments[1]);
    cluster.putPod(served);
    AzureIdentity identity = TestNmi.identity("one");
    IdentityBinding binding =
        new IdentityBinding(
            new NamespacedName("default", "b"),
            identity.name().name(),
            requireNonNull(served.bindingLabel()));
    cluster.putRecord(
        new AssignedIdentity(
            new NamespacedName("default", "served-default-one"),
            "record-uid",
            "1",
            served.name(),
            served.uid(),
            "n1",
            identity,
            binding,
            AssignmentState.ASSIGNED,
            false));
    NmiCommandLine commandLine =
        new NmiCommandLine(ProgramVersion.ofThisBuild("nmi"), variable -> null);
    List<String> flags = List.of(arguments).subList(2, arguments.length);
    OptionalInt exit = commandLine.parse(flags, System.out, System.err);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    NmiOptions options = commandLine.options();
    Nmi nmi =
        new Nmi(
            options,
            new Nmi.Ports(
                cluster,
                OperationMode.standard(cluster, Set::of, false),
                Exemptions.of(cluster),
                new ImdsTokenSource(
                    options.metadata().uri(), Duration.ofSeconds(10), "test", Clock.systemUTC()),
                Map.of(),
                null,
                new NmiMetrics(),
                TestNmi.metadataClient()),
            Clock.systemUTC());
    Shutdown.install(nmi, Duration.ofSeconds(15));
    System.out.println("listening port=" + nmi.start().getPort());
    new CountDownLatch(1).await();
  }

  private static Pod pod(String name, String address) {
    return new Pod(
        new NamespacedName("default", name),
        "uid-" + name,
        "n1",
        Map.of(IdentityBinding.POD_LABEL, name),
        Set.of(TestNmi.inet(address)),
        PodPhase.RUNNING,
        false,
        false);
  }
}
