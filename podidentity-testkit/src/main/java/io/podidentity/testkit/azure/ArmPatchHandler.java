package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** PATCH of a virtual machine or scale set, in the way that {@link ArmWrites} says. */
final class ArmPatchHandler {
  private final FakeAzure azure;
  private final ArmWrites writes;

  ArmPatchHandler(FakeAzure azure, ArmWrites writes) {
    this.azure = azure;
    this.writes = writes;
  }

  CompletableFuture<Reply> patch(RecordedRequest request, ArmId id, ArmCaller caller) {
    Compute compute = azure.compute(id).orElseThrow(() -> new ArmException(ArmErrors.notFound(id)));
    ArmIdentityPatch patch = ArmIdentityPatch.parse(request.body());
    if (patch != null) {
      patch.check(compute, azure, caller);
    }
    WriteBehaviour behaviour = writes.behaviour(id);
    ComputeWrite write =
        new ComputeWrite(
            request.header("If-Match").orElse(null),
            behaviour.duration(),
            () -> writes.takeFailure(id),
            block -> patch == null ? block : patch.apply(block, azure));
    ComputeOperation operation = azure.begin(id, write);
    return behaviour.mode() == WriteBehaviour.Mode.SYNCHRONOUS
        ? whenDone(operation, behaviour.duration())
        : CompletableFuture.completedFuture(accepted(request, operation, behaviour));
  }

  private CompletableFuture<Reply> whenDone(ComputeOperation operation, Duration duration) {
    if (duration.isZero()) {
      return CompletableFuture.completedFuture(result(operation));
    }
    return CompletableFuture.supplyAsync(
        () -> {
          azure.end(operation.id());
          return result(operation);
        },
        Later.after(duration));
  }

  private Reply accepted(
      RecordedRequest request, ComputeOperation operation, WriteBehaviour behaviour) {
    Reply reply = behaviour.status() == 202 ? Reply.empty(202) : resource(operation.compute());
    String url = pollUrl(request, operation);
    boolean location = behaviour.mode() == WriteBehaviour.Mode.LOCATION;
    reply =
        new Reply(behaviour.status(), reply.headers(), reply.body())
            .with(
                location ? "Location" : "Azure-AsyncOperation",
                location ? url + "&monitor=true" : url);
    @Nullable Duration wait = behaviour.retryAfter();
    return wait == null ? reply : reply.retryAfter(wait);
  }

  /** What the end of an operation looks like to whoever waited for it. */
  Reply result(ComputeOperation operation) {
    return operation.failure() != null
        ? operation.failure().reply()
        : resource(operation.compute());
  }

  Reply resource(ArmId id) {
    return azure
        .compute(id)
        .map(
            found ->
                Reply.json(200, ArmJson.compute(found, azure.tenantId()))
                    .with("ETag", found.etag()))
        .orElseGet(() -> ArmErrors.notFound(id).reply());
  }

  private String pollUrl(RecordedRequest request, ComputeOperation operation) {
    String location = azure.compute(operation.compute()).map(Compute::location).orElse("nowhere");
    return "https://"
        + request.header("Host").orElse("localhost")
        + "/subscriptions/"
        + operation.compute().subscription()
        + "/providers/Microsoft.Compute/locations/"
        + location
        + "/operations/"
        + operation.id()
        + "?api-version="
        + request.queryParameter("api-version").orElse("");
  }
}
