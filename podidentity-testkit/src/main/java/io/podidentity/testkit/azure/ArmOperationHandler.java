package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The URLs that long writes are polled at.
 *
 * <p>Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations.
 */
final class ArmOperationHandler {
  private final FakeAzure azure;
  private final ArmWrites writes;
  private final ArmPatchHandler patches;

  ArmOperationHandler(FakeAzure azure, ArmWrites writes, ArmPatchHandler patches) {
    this.azure = azure;
    this.writes = writes;
    this.patches = patches;
  }

  Reply status(RecordedRequest request, String operationId) {
    ComputeOperation operation =
        azure
            .operation(operationId)
            .orElseThrow(
                () ->
                    new ArmException(
                        404, "NotFound", "Operation '" + operationId + "' was not found."));
    boolean location = request.queryParameter("monitor").isPresent();
    if (!location) {
      Reply reply = Reply.json(200, describe(operation));
      return operation.inFlight() ? wait(reply, operation) : reply;
    }
    if (operation.inFlight()) {
      String url = "https://" + request.header("Host").orElse("localhost") + request.path();
      return wait(Reply.empty(202), operation).with("Location", url + "?" + request.query());
    }
    return patches.result(operation);
  }

  private Reply wait(Reply reply, ComputeOperation operation) {
    @Nullable Duration wait = writes.behaviour(operation.compute()).retryAfter();
    return wait == null ? reply : reply.retryAfter(wait);
  }

  private static Map<String, Object> describe(ComputeOperation operation) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("startTime", operation.startedAt().toString());
    if (operation.endedAt() != null) {
      body.put("endTime", operation.endedAt().toString());
    }
    body.put("status", operation.status());
    if (!operation.inFlight() && operation.failure() != null) {
      body.put("error", operation.failure().members());
    }
    body.put("name", operation.id());
    return body;
  }
}
