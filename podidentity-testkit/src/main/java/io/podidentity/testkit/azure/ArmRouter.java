package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks what Resource Manager checks for every request, and finds who answers it. */
final class ArmRouter {
  private static final Pattern OPERATION =
      Pattern.compile(
          "/subscriptions/([^/]+)/providers/Microsoft\\.Compute/locations/[^/]+/operations/([^/]+)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(-[a-z]+)?");

  /** Identities in PATCH as a map exist since then. */
  private static final String FIRST_COMPUTE_VERSION = "2018-06-01";

  private final FakeAzure azure;
  private final ArmAuthentication authentication;
  private final ArmThrottling throttling;
  private final ArmPatchHandler patches;
  private final ArmOperationHandler operations;

  ArmRouter(
      FakeAzure azure,
      ArmAuthentication authentication,
      ArmWrites writes,
      ArmThrottling throttling) {
    this.throttling = throttling;
    this.azure = azure;
    this.authentication = authentication;
    this.patches = new ArmPatchHandler(azure, writes);
    this.operations = new ArmOperationHandler(azure, writes, patches);
  }

  CompletableFuture<Reply> answer(RecordedRequest request) {
    try {
      return route(request);
    } catch (ArmException refused) {
      ArmError error = refused.error();
      return done(error.status() == 401 ? authentication.challenge(error) : error.reply());
    }
  }

  private CompletableFuture<Reply> route(RecordedRequest request) {
    String version = version(request);
    ArmCaller caller = authentication.caller(request);
    String path = decode(request.path());
    Matcher operation = OPERATION.matcher(path);
    if (operation.matches()) {
      allow(request, "GET");
      Reply refusal =
          throttling.admitPolling(
              Objects.requireNonNull(operation.group(1)), caller, azure.clock().instant());
      if (refusal != null) {
        return done(refusal);
      }
      return done(operations.status(request, Objects.requireNonNull(operation.group(2))));
    }
    Optional<ArmId> permissions = ArmPermissions.askedOf(path);
    if (permissions.isPresent()) {
      allow(request, "GET");
      return done(ArmPermissions.of(azure, permissions.get()));
    }
    if (!ArmId.isValid(path)) {
      throw new ArmException(
          404, "InvalidResourceType", "The path '" + path + "' names no resource known here.");
    }
    ArmId id = ArmId.parse(path);
    if (id.is(ArmId.VIRTUAL_MACHINE) || id.is(ArmId.SCALE_SET)) {
      return compute(request, id, version, caller);
    }
    if (id.is(ArmId.USER_ASSIGNED_IDENTITY)) {
      allow(request, "GET");
      return done(identity(id));
    }
    throw new ArmException(
        404,
        "InvalidResourceType",
        "The resource type could not be found in the namespace: '" + id.type() + "'.");
  }

  private CompletableFuture<Reply> compute(
      RecordedRequest request, ArmId id, String version, ArmCaller caller) {
    if (version.compareTo(FIRST_COMPUTE_VERSION) < 0) {
      throw new ArmException(
          400,
          "NoRegisteredProviderFound",
          "No registered resource provider found for API version '"
              + version
              + "' for type '"
              + id.type()
              + "'.");
    }
    allow(request, "GET", "PATCH");
    boolean write = request.method().equals("PATCH");
    Reply refusal = throttling.admit(id, write, caller, azure.clock().instant());
    if (refusal != null) {
      return done(refusal);
    }
    if (write) {
      return patches.patch(request, id, caller);
    }
    return done(patches.resource(id));
  }

  private Reply identity(ArmId id) {
    return azure
        .identity(id)
        .map(found -> Reply.json(200, ArmJson.userAssignedIdentity(found, azure.tenantId())))
        .orElseGet(() -> ArmErrors.notFound(id).reply());
  }

  private static String version(RecordedRequest request) {
    String version = request.queryParameter("api-version").orElse("");
    if (version.isEmpty()) {
      throw new ArmException(
          400,
          "MissingApiVersionParameter",
          "The api-version query parameter (?api-version=) is required for all requests.");
    }
    if (!VERSION.matcher(version).matches()) {
      throw new ArmException(
          400, "InvalidApiVersionParameter", "The api-version '" + version + "' is invalid.");
    }
    return version;
  }

  private static void allow(RecordedRequest request, String... methods) {
    for (String method : methods) {
      if (request.method().equals(method)) {
        return;
      }
    }
    throw new ArmException(
        405,
        "MethodNotAllowed",
        "The simulator does not take "
            + request.method()
            + " here, only "
            + String.join(" and ", methods)
            + ".");
  }

  private static String decode(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException wrongEscape) {
      return path;
    }
  }

  private static CompletableFuture<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }
}
