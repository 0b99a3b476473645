package io.podidentity.testkit;

import static io.podidentity.testkit.PlantedDefects.clinging;
import static io.podidentity.testkit.PlantedDefects.deaf;
import static io.podidentity.testkit.PlantedDefects.hasty;
import static io.podidentity.testkit.PlantedDefects.stale;
import static io.podidentity.testkit.PlantedDefects.unforgetting;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.ReplicaSetDirectory;
import io.podidentity.api.spi.SecretReader;
import io.podidentity.testkit.contract.AssignmentDirectoryContract;
import io.podidentity.testkit.contract.BindingDirectoryContract;
import io.podidentity.testkit.contract.ExemptionDirectoryContract;
import io.podidentity.testkit.contract.PodDirectoryContract;
import io.podidentity.testkit.contract.ReplicaSetDirectoryContract;
import io.podidentity.testkit.contract.SecretReaderContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The contracts of the look-ups find what is wrong with a double, clause by clause. */
final class DirectoryDefectsTest {
  @Test
  void podDirectory() {
    Pod stranger =
        new Pod(
            new NamespacedName("default", "stranger"),
            "uid",
            "node",
            Map.of(),
            Set.of(),
            PodPhase.RUNNING,
            false,
            false);
    PlantedDefects.areFound(
        PodDirectoryContract.class,
        Pods.class,
        List.of(
            new Defect("knows no names", "byName", 1, call -> Optional.empty()),
            new Defect(
                "names somebody for each address",
                "byAddress",
                1,
                call -> call.<List<Pod>>result().isEmpty() ? List.of(stranger) : call.proceed()),
            unforgetting("byAddress", 1),
            new Defect(
                "hides pods that have ended",
                "byAddress",
                1,
                call ->
                    call.<List<Pod>>result().stream()
                        .filter(pod -> !pod.phase().isTerminal())
                        .toList()),
            new Defect(
                "chooses one of several pods",
                "byAddress",
                1,
                call -> call.<List<Pod>>result().stream().limit(1).toList()),
            deaf("onChange", 2),
            hasty("onChange"),
            deaf("onChangeOf", 2),
            clinging("onChange", 2),
            new Defect("lists nothing", "list", 0, soon(List.of()))));
  }

  private static Defect.Behaviour soon(Object result) {
    Object future = CompletableFuture.completedFuture(result);
    return call -> future;
  }

  /** With the planted defect, as all below. */
  static class Pods extends InMemoryPodDirectoryTest {
    @Override
    protected PodDirectory directory() {
      return Defect.in(PodDirectory.class, super.directory());
    }
  }

  @Test
  void assignmentDirectory() {
    PlantedDefects.areFound(
        AssignmentDirectoryContract.class,
        Assignments.class,
        List.of(
            new Defect("knows no records", "forPod", 1, call -> List.of()),
            new Defect(
                "hides what is not assigned",
                "forPod",
                1,
                call ->
                    call.<List<AssignedIdentity>>result().stream()
                        .filter(record -> record.state() == AssignmentState.ASSIGNED)
                        .toList()),
            new Defect(
                "cannot say that there are none",
                "forPod",
                1,
                call -> {
                  List<AssignedIdentity> found = call.result();
                  if (found.isEmpty()) {
                    throw new IllegalStateException("none");
                  }
                  return found;
                }),
            unforgetting("recordedIds", 0),
            deaf("onChange", 2),
            hasty("onChange"),
            clinging("onChange", 2)));
  }

  static class Assignments extends InMemoryAssignmentDirectoryTest {
    @Override
    protected AssignmentDirectory directory() {
      return Defect.in(AssignmentDirectory.class, super.directory());
    }
  }

  @Test
  void bindingDirectory() {
    PlantedDefects.areFound(
        BindingDirectoryContract.class,
        Bindings.class,
        List.of(
            new Defect(
                "looks into all namespaces",
                "bindings",
                2,
                call -> call.proceedWith("default", call.argument(1))),
            new Defect(
                "gives one binding",
                "bindings",
                2,
                call -> call.<List<?>>result().stream().limit(1).toList()),
            stale("identity", 1),
            unforgetting("describedIds", 0)));
  }

  static class Bindings extends InMemoryBindingDirectoryTest {
    @Override
    protected BindingDirectory directory() {
      return Defect.in(BindingDirectory.class, super.directory());
    }
  }

  @Test
  void exemptionDirectory() {
    PlantedDefects.areFound(
        ExemptionDirectoryContract.class,
        ExemptOnes.class,
        List.of(unforgetting("inNamespace", 1), stale("inNamespace", 1)));
  }

  static class ExemptOnes extends InMemoryExemptionDirectoryTest {
    @Override
    protected ExemptionDirectory directory() {
      return Defect.in(ExemptionDirectory.class, super.directory());
    }
  }

  @Test
  void replicaSetDirectory() {
    PlantedDefects.areFound(
        ReplicaSetDirectoryContract.class,
        ReplicaSets.class,
        List.of(new Defect("takes each for live", "isLive", 2, soon(true)), stale("isLive", 2)));
  }

  static class ReplicaSets extends InMemoryReplicaSetDirectoryTest {
    @Override
    protected ReplicaSetDirectory directory() {
      return Defect.in(ReplicaSetDirectory.class, super.directory());
    }
  }

  @Test
  void secretReader() {
    PlantedDefects.areFound(
        SecretReaderContract.class,
        Secrets.class,
        List.of(
            new Defect(
                "takes bytes for text",
                "read",
                1,
                call -> call.<Optional<SecretData>>result().map(DirectoryDefectsTest::asText)),
            stale("read", 1),
            new Defect(
                "takes an empty one for none",
                "read",
                1,
                call ->
                    call.<Optional<SecretData>>result()
                        .filter(secret -> !secret.entries().isEmpty()))),
        // SecretData's own affair.
        "secretDoesNotPrintWhatItHolds");
  }

  private static SecretData asText(SecretData secret) {
    Map<String, byte[]> entries = new TreeMap<>();
    secret
        .entries()
        .forEach(
            (key, value) ->
                entries.put(
                    key,
                    new String(value, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8)));
    return new SecretData(entries);
  }

  static class Secrets extends InMemorySecretsTest {
    @Override
    protected SecretReader reader() {
      return Defect.in(SecretReader.class, super.reader());
    }
  }
}
