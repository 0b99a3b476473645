package io.podidentity.testkit;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.testkit.Defect.Call;
import io.podidentity.testkit.contract.ComputeIdentitiesContract;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The contract of machines' identities finds what is wrong with a double, clause by clause. */
final class ComputeDefectsTest {
  private static final ResourceId STRANGER =
      ResourceId.of("s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", "stranger");

  @Test
  void computeIdentities() {
    PlantedDefects.areFound(
        ComputeIdentitiesContract.class,
        Compute.class,
        List.of(
            new Defect(
                "shows what is not there",
                "read",
                1,
                call -> {
                  TargetIdentities found = call.result();
                  return found.clientIds().isEmpty()
                      ? new TargetIdentities(Map.of(STRANGER, "id"))
                      : found;
                }),
            new Defect(
                "takes every machine for one at rest",
                "read",
                1,
                call -> new TargetIdentities(call.<TargetIdentities>result().clientIds())),
            new Defect("does nothing", "update", 3, call -> compute(call).read(call.argument(0))),
            new Defect(
                "never takes off",
                "update",
                3,
                call -> call.proceedWith(call.argument(0), call.argument(1), Set.of())),
            new Defect("makes it be what is asked for", "update", 3, ComputeDefectsTest::replace),
            new Defect(
                "takes what is on its way off for there",
                "update",
                3,
                call -> {
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    if (e.reason() != ErrorReason.TARGET_UNAVAILABLE) {
                      throw e;
                    }
                    return compute(call).read(call.argument(0));
                  }
                }),
            new Defect("asks for what is so already", "update", 3, ComputeDefectsTest::insist),
            new Defect(
                "takes a missing machine for an empty one",
                "read",
                1,
                call -> {
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    return TargetIdentities.NONE;
                  }
                }),
            new Defect(
                "does not say who is to blame",
                "update",
                3,
                call -> {
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    throw new PodIdentityException(e.reason(), "refused");
                  }
                }),
            new Defect(
                "forgets the wait",
                "read",
                1,
                call -> {
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    throw new PodIdentityException(e.reason(), "throttled");
                  }
                })));
  }

  /** Takes off what others put there. */
  private static Object replace(Call call) throws Throwable {
    Set<ResourceId> detach =
        new HashSet<>(compute(call).read(call.argument(0)).clientIds().keySet());
    Set<ResourceId> attach = call.argument(1);
    detach.removeAll(attach);
    return call.proceedWith(call.argument(0), attach, detach);
  }

  /** Changes something and back. */
  private static Object insist(Call call) throws Throwable {
    InMemoryCompute compute = compute(call);
    ComputeTarget target = call.argument(0);
    TargetIdentities before = compute.read(target);
    TargetIdentities after = call.result();
    if (before.equals(after)) {
      compute.update(target, Set.of(STRANGER), Set.of());
      compute.update(target, Set.of(), Set.of(STRANGER));
    }
    return after;
  }

  private static InMemoryCompute compute(Call call) {
    return (InMemoryCompute) call.real();
  }

  /** With the planted defect. */
  static class Compute extends InMemoryComputeTest {
    @Override
    protected ComputeIdentities compute() {
      return Defect.in(ComputeIdentities.class, super.compute());
    }
  }
}
