package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.testkit.contract.AssignmentStoreContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InMemoryAssignmentStoreTest extends AssignmentStoreContract {
  private final InMemoryCluster cluster = new InMemoryCluster();

  @Override
  protected AssignmentStore store() {
    return cluster;
  }

  @Override
  protected void put(AzureIdentity identity) {
    cluster.putIdentity(identity);
  }

  @Override
  protected void put(IdentityBinding binding) {
    cluster.putBinding(binding);
  }

  @Override
  protected Optional<AssignedIdentity> record(NamespacedName name) {
    return cluster.record(name);
  }

  @Override
  protected void touch(NamespacedName name) {
    AssignedIdentity record = cluster.record(name).orElseThrow();
    cluster.putRecord(
        new AssignedIdentity(
            record.name(),
            record.uid(),
            record.resourceVersion() + "-touched",
            record.pod(),
            record.podUid(),
            record.nodeName(),
            record.identity(),
            record.binding(),
            record.state(),
            record.terminating()));
  }

  @Override
  protected void remove(NamespacedName record) {
    cluster.deleteRecord(record);
  }

  @Test
  void writesFailAsLongAsTheyAreToldToAndChangeNothing() {
    PodIdentityException error =
        new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "the API server is away");
    DesiredAssignment desired = desired();
    AssignedIdentity record = cluster.create(desired);

    cluster.failWrites(error);
    assertThatThrownBy(() -> cluster.setState(record, AssignmentState.ASSIGNED)).isSameAs(error);
    assertThatThrownBy(() -> cluster.delete(record)).isSameAs(error);
    assertThat(cluster.records()).containsExactly(record);

    cluster.failWrites(null);
    cluster.delete(record);
    assertThat(cluster.records()).isEmpty();
  }

  private static DesiredAssignment desired() {
    Pod pod =
        new Pod(
            new NamespacedName("default", "pod"),
            "uid",
            "node",
            Map.of(IdentityBinding.POD_LABEL, "selector"),
            Set.of(),
            PodPhase.RUNNING,
            false,
            false);
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", "identity"),
            "",
            1,
            false,
            new Credential.Unusable("not used"));
    IdentityBinding binding =
        new IdentityBinding(new NamespacedName("default", "binding"), "identity", "selector");
    return new DesiredAssignment(
        DesiredAssignment.recordName(pod.name(), identity, false), pod, "node", binding, identity);
  }
}
