package io.podidentity.testkit;

import static io.podidentity.testkit.PlantedDefects.clinging;
import static io.podidentity.testkit.PlantedDefects.deaf;
import static io.podidentity.testkit.PlantedDefects.hasty;
import static io.podidentity.testkit.PlantedDefects.unforgetting;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.testkit.contract.AssignmentDirectoryContract;
import io.podidentity.testkit.contract.PodDirectoryContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The contracts of a node's look-ups find what is wrong with a double, clause by clause. */
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
            new Defect("lists nothing", "list", 0, PlantedDefects.soon(List.of()))));
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
}
