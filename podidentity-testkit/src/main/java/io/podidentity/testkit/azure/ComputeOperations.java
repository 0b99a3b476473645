package io.podidentity.testkit.azure;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The writes in flight, and the last ones that ended. Needs no thread: whoever looks at the state
 * first lets those end whose time has come. Guarded by the lock of {@link FakeAzure}.
 */
final class ComputeOperations {
  private static final int KEPT = 10_000;

  private final Clock clock;
  private final Map<String, ComputeOperation> all = new LinkedHashMap<>();
  private final Map<ArmId, InFlight> inFlight = new HashMap<>();

  ComputeOperations(Clock clock) {
    this.clock = clock;
  }

  ComputeOperation begin(Map<ArmId, Compute> computes, ArmId id, ComputeWrite write) {
    Compute compute = computes.get(id);
    if (compute == null) {
      throw new ArmException(ArmErrors.notFound(id));
    }
    if (compute.provisioningState().equalsIgnoreCase("Deleting")) {
      throw new ArmException(ArmErrors.markedForDeletion(compute));
    }
    if (inFlight.containsKey(id)) {
      throw new ArmException(ArmErrors.concurrentRequest());
    }
    String ifMatch = write.ifMatch();
    if (ifMatch != null && !ifMatch.equals("*") && !ifMatch.equals(compute.etag())) {
      throw new ArmException(ArmErrors.preconditionFailed(ifMatch));
    }
    Instant now = clock.instant();
    ComputeOperation operation =
        new ComputeOperation(
            UUID.randomUUID().toString(),
            compute.id(),
            now,
            now.plus(write.duration()),
            null,
            write.failure().get());
    inFlight.put(id, new InFlight(operation, write.change()));
    remember(operation);
    computes.put(compute.id(), compute.withProvisioningState("Updating"));
    settle(computes);
    return find(operation.id()).orElseThrow();
  }

  /** Ends every operation whose time has come. */
  void settle(Map<ArmId, Compute> computes) {
    Instant now = clock.instant();
    for (InFlight one : List.copyOf(inFlight.values())) {
      if (!now.isBefore(one.operation.dueAt())) {
        finish(computes, one);
      }
    }
  }

  void end(Map<ArmId, Compute> computes, String operationId) {
    for (InFlight one : List.copyOf(inFlight.values())) {
      if (one.operation.id().equals(operationId)) {
        finish(computes, one);
      }
    }
  }

  Optional<ComputeOperation> find(String operationId) {
    return Optional.ofNullable(all.get(operationId));
  }

  /** The resource is deleted or replaced: its operation never changes the new one. */
  void forget(ArmId compute) {
    InFlight one = inFlight.remove(compute);
    if (one != null) {
      all.remove(one.operation.id());
    }
  }

  private void finish(Map<ArmId, Compute> computes, InFlight one) {
    ComputeOperation ended = one.operation.ended(clock.instant());
    inFlight.remove(ended.compute());
    remember(ended);
    Compute compute = computes.get(ended.compute());
    if (compute == null) {
      return;
    }
    Compute changed =
        ended.failure() != null
            ? compute.withProvisioningState("Failed")
            : compute
                .withIdentity(one.change.apply(compute.identity()))
                .withProvisioningState("Succeeded");
    computes.put(changed.id(), changed);
  }

  private void remember(ComputeOperation operation) {
    all.put(operation.id(), operation);
    if (all.size() > KEPT) {
      all.remove(all.keySet().iterator().next());
    }
  }

  private record InFlight(ComputeOperation operation, UnaryOperator<IdentityBlock> change) {}
}
