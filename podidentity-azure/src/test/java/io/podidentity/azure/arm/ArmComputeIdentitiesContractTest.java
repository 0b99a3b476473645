package io.podidentity.azure.arm;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.testkit.azure.WriteBehaviour;
import io.podidentity.testkit.contract.ComputeIdentitiesContract;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

final class ArmComputeIdentitiesContractTest extends ComputeIdentitiesContract {
  private final SimulatedCluster cluster = new SimulatedCluster();
  private final CurrentComputeIdentities adapter = (CurrentComputeIdentities) cluster.adapter();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Override
  protected CurrentComputeIdentities compute() {
    return adapter;
  }

  @Override
  protected ComputeTarget target() {
    return SimulatedCluster.SCALE_SET;
  }

  @Override
  protected ComputeTarget missing() {
    return ComputeTarget.virtualMachine(
        SimulatedCluster.SUBSCRIPTION, SimulatedCluster.GROUP, "missing");
  }

  @Override
  protected ResourceId identity(String name) {
    ResourceId id = SimulatedCluster.identityId(name);
    if (cluster.azure().identity(id.value()).isEmpty()) {
      cluster.create(name);
    }
    return id;
  }

  @Override
  protected void attach(ResourceId identity) {
    cluster
        .azure()
        .attach(target().id().value(), cluster.azure().identity(identity.value()).orElseThrow());
  }

  /** By another MIC, which gives up waiting. */
  @Override
  protected void beginDetach(ResourceId identity) {
    cluster.simulated().arm().writes(WriteBehaviour.asyncOperation(Duration.ofDays(1)));
    SimulatedCluster.failure(() -> cluster.adapter().update(target(), Set.of(), Set.of(identity)));
  }

  @Override
  protected void refuse(ResourceId identity) {
    cluster.azure().denyAssign(identity.value());
  }

  /** Long enough for the adapter not to wait for it itself. */
  @Override
  protected void throttle() {
    cluster
        .simulated()
        .arm()
        .faults()
        .always(Fault.reply(Reply.json(429, Map.of()).retryAfter(Duration.ofMinutes(30))));
  }

  @Override
  protected long changes() {
    return cluster.arm("PATCH").size();
  }
}
