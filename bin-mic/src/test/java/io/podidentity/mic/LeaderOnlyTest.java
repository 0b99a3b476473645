package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.testkit.InMemoryCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class LeaderOnlyTest {
  private final InMemoryCluster cluster = new InMemoryCluster();
  private final List<ComputeTarget> changed = new ArrayList<>();
  private final AtomicBoolean leading = new AtomicBoolean(true);
  private final LeaderOnly writes = new LeaderOnly(leading::get, cluster, new Changes());

  private final DesiredAssignment desired = Samples.desired();
  private final ComputeTarget machine = ComputeTarget.virtualMachine("s", "g", "vm");

  @Test
  void leaderWrites() {
    AssignedIdentity record = writes.create(desired);
    writes.setState(record, AssignmentState.ASSIGNED);
    writes.update(machine, Set.of(), Set.of());

    assertThat(cluster.record(desired.record()).orElseThrow().state())
        .isEqualTo(AssignmentState.ASSIGNED);
    assertThat(changed).containsExactly(machine);
    writes.delete(record);
    assertThat(cluster.records()).isEmpty();
  }

  @Test
  void whoHasLostTheLeaseWritesNothing() {
    AssignedIdentity record = writes.create(desired);
    leading.set(false);

    List<Consumer<LeaderOnly>> all =
        List.of(
            each -> each.create(desired),
            each -> each.replace(record, desired, AssignmentState.ASSIGNED),
            each -> each.setState(record, AssignmentState.ASSIGNED),
            each -> each.delete(record),
            each -> each.update(machine, Set.of(), Set.of()));

    for (Consumer<LeaderOnly> write : all) {
      assertThatThrownBy(() -> write.accept(writes))
          .isInstanceOfSatisfying(
              PodIdentityException.class,
              e -> assertThat(e.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN));
    }
    assertThat(cluster.records()).containsExactly(record);
    assertThat(changed).isEmpty();
  }

  /** Notes what is changed. */
  private final class Changes implements ComputeIdentities {
    @Override
    public TargetIdentities read(ComputeTarget target) {
      return TargetIdentities.NONE;
    }

    @Override
    public TargetIdentities update(
        ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
      changed.add(target);
      return TargetIdentities.NONE;
    }
  }
}
