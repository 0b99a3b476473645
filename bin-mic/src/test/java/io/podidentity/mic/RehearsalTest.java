package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
  private static final ComputeTarget MACHINE = ComputeTarget.virtualMachine("s", "g", "vm");

  private final List<ComputeTarget> looks = new ArrayList<>();
  private boolean azureFails;
  private boolean leads;
  private int pictures;
  private int writes;

  @Test
  void looksAtOneMachineAndChangesNone() {
    rehearsal(List.of(new Node("odd", null), new Node("a", MACHINE), new Node("b", MACHINE))).run();

    assertThat(looks).containsExactly(MACHINE);
  }

  @Test
  void goesWithoutMachines() {
    rehearsal(List.of()).run();

    assertThat(looks).isEmpty();
  }

  /** Its first plan and looks are under way: a second plan would need as much memory again. */
  @Test
  void whoLeadsAlreadyOnlyRehearsesWrites() {
    leads = true;

    rehearsal(List.of(new Node("a", MACHINE))).run();

    assertThat(writes).isEqualTo(1);
    assertThat(pictures).isZero();
    assertThat(looks).isEmpty();
  }

  @Test
  void whatFailsIsLeftForTheLeaderToSay() {
    azureFails = true;

    rehearsal(List.of(new Node("a", MACHINE))).run();

    assertThat(looks).hasSize(1);
  }

  private Rehearsal rehearsal(List<Node> nodes) {
    return new Rehearsal(
        new Picture(nodes),
        new AssignmentPlanner(new PlannerOptions(false, Set.of())),
        new Azure(),
        () -> leads,
        () -> writes++);
  }

  private final class Picture implements ClusterView {
    private final List<Node> nodes;

    Picture(List<Node> nodes) {
      this.nodes = nodes;
    }

    @Override
    public ClusterSnapshot snapshot() {
      pictures++;
      return new ClusterSnapshot(List.of(), List.of(), List.of(), List.of(), nodes, Instant.EPOCH);
    }

    @Override
    public Subscription onChange(Runnable nudge) {
      throw new AssertionError("it is not to follow anything");
    }
  }

  private final class Azure implements ComputeIdentities {
    @Override
    public TargetIdentities read(ComputeTarget target) {
      looks.add(target);
      if (azureFails) {
        throw new PodIdentityException(ErrorReason.TARGET_UNAVAILABLE, "for the test");
      }
      return TargetIdentities.NONE;
    }

    @Override
    public TargetIdentities update(
        ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
      throw new AssertionError("a rehearsal changes nothing");
    }
  }
}
