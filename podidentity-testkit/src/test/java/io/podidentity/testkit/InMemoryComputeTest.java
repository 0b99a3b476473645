package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.testkit.contract.ComputeIdentitiesContract;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InMemoryComputeTest extends ComputeIdentitiesContract {
  private final InMemoryCompute compute = new InMemoryCompute();

  InMemoryComputeTest() {
    compute.put(target());
  }

  @Override
  protected ComputeIdentities compute() {
    return compute;
  }

  @Override
  protected final ComputeTarget target() {
    return ComputeTarget.scaleSet("s", "rg", "pool");
  }

  @Override
  protected ComputeTarget missing() {
    return ComputeTarget.virtualMachine("s", "rg", "missing");
  }

  @Override
  protected ResourceId identity(String name) {
    return ResourceId.of("s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", name);
  }

  @Override
  protected void attach(ResourceId identity) {
    compute.put(target(), identity);
  }

  @Override
  protected void beginDetach(ResourceId identity) {
    compute.beginDetach(target(), identity);
  }

  @Override
  protected void refuse(ResourceId identity) {
    compute.refuse(identity);
  }

  @Override
  protected void throttle() {
    compute.fail(
        new PodIdentityException(
            ErrorReason.TARGET_UNAVAILABLE, "throttled", Duration.ofSeconds(7), null));
  }

  @Override
  protected long changes() {
    return compute.changes();
  }

  @Test
  void whatWasBegunToBeTakenOffIsShownUntilItIs() {
    ResourceId one = identity("one");
    attach(one);
    beginDetach(one);
    assertThat(compute.read(target()).has(one)).isTrue();

    compute.endDetach(target());

    assertThat(compute.read(target()).has(one)).isFalse();
    assertThat(compute.update(target(), Set.of(one), Set.of()).has(one)).isTrue();
  }
}
