package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Faults;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.RequestLog;
import io.podidentity.testkit.http.SimulatorServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * How another process looks into a simulated Azure and changes it: JSON over plain HTTP. Answers
 * 400 with a reason to what it does not understand.
 */
final class ControlServer implements AutoCloseable {
  private final FakeAzure azure;
  private final FakeEntra entra;
  private final FakeArm arm;
  private final ControlLimits limits;
  private final Map<String, RequestLog> logs;
  private final Map<String, Faults> faults;
  private final SimulatorServer server;

  private ControlServer(
      FakeAzure azure, FakeImds imds, FakeEntra entra, FakeArm arm, InetSocketAddress address) {
    this.azure = azure;
    this.entra = entra;
    this.arm = arm;
    this.limits = new ControlLimits(imds, entra, arm);
    this.logs = Map.of("imds", imds.requests(), "entra", entra.requests(), "arm", arm.requests());
    this.faults = Map.of("imds", imds.faults(), "entra", entra.faults(), "arm", arm.faults());
    this.server =
        SimulatorServer.start(
            "azure-control",
            address,
            null,
            azure.clock(),
            request -> CompletableFuture.completedFuture(answer(request)));
  }

  static ControlServer start(
      FakeAzure azure, FakeImds imds, FakeEntra entra, FakeArm arm, InetSocketAddress address) {
    return new ControlServer(azure, imds, entra, arm, address);
  }

  URI uri() {
    return server.uri();
  }

  @Override
  public void close() {
    server.close();
  }

  private Reply answer(RecordedRequest request) {
    try {
      String[] path = request.path().substring(1).split("/", 2);
      String rest = path.length > 1 ? path[1] : "";
      return switch (path[0]) {
        case "state" -> state(request);
        case "identities" -> identities(request);
        case "computes" -> rest.isEmpty() ? computes(request) : attached(request, rest);
        case "nodes" -> nodes(request);
        case "applications" -> applications(request);
        case "denied" -> denied(request);
        case "writes" -> writes(request, rest);
        case "limits" -> limits.limits(request, rest);
        case "latency" -> limits.latency(request);
        case "lifetime" -> limits.lifetime(request, rest);
        case "requests" -> requests(request, of(logs, rest));
        case "faults" -> faults(request, of(faults, rest));
        default -> throw new IllegalArgumentException("no such route: " + request.path());
      };
    } catch (IllegalArgumentException refused) {
      return Reply.json(400, Map.of("error", String.valueOf(refused.getMessage())));
    }
  }

  private Reply state(RecordedRequest request) {
    if (request.method().equals("POST")) {
      AzureStates.load(AzureState.parse(request.body()), azure, entra);
      return Reply.empty(204);
    }
    expect(request, "GET");
    return Reply.json(200, AzureStates.save(azure, entra));
  }

  private Reply identities(RecordedRequest request) {
    if (request.method().equals("DELETE")) {
      return gone(azure.removeIdentity(parameter(request, "id")));
    }
    expect(request, "PUT");
    UserAssignedIdentity identity =
        AzureStates.identity(AzureState.parse(request.body(), AzureState.Identity.class));
    azure.putIdentity(identity);
    return Reply.json(200, AzureStates.identity(identity));
  }

  private Reply computes(RecordedRequest request) {
    if (request.method().equals("DELETE")) {
      return gone(azure.removeCompute(parameter(request, "id")));
    }
    if (request.method().equals("PUT")) {
      Compute compute =
          AzureStates.compute(
              AzureState.parse(request.body(), AzureState.ComputeResource.class), azure);
      azure.putCompute(compute);
      return Reply.json(200, AzureStates.compute(compute));
    }
    expect(request, "GET");
    return azure
        .compute(parameter(request, "id"))
        .map(compute -> Reply.json(200, AzureStates.compute(compute)))
        .orElse(Reply.empty(404));
  }

  private Reply attached(RecordedRequest request, String action) {
    expect(request, "POST");
    String compute = parameter(request, "id");
    String identity = parameter(request, "identity");
    if (action.equals("attach")) {
      UserAssignedIdentity found =
          azure
              .identity(identity)
              .orElseThrow(
                  () -> new IllegalArgumentException("no user-assigned identity " + identity));
      return Reply.json(200, AzureStates.compute(azure.attach(compute, found)));
    }
    if (action.equals("detach")) {
      return Reply.json(200, AzureStates.compute(azure.detach(compute, identity)));
    }
    throw new IllegalArgumentException("no such route: " + request.path());
  }

  private Reply nodes(RecordedRequest request) {
    if (request.method().equals("DELETE")) {
      return gone(azure.removeNode(parameter(request, "name")));
    }
    expect(request, "PUT");
    AzureState.Node node = AzureState.parse(request.body(), AzureState.Node.class);
    azure.putNode(node.name(), node.compute(), node.addresses());
    return Reply.empty(204);
  }

  private Reply applications(RecordedRequest request) {
    if (request.method().equals("DELETE")) {
      String tenant = request.queryParameter("tenantId").orElse(azure.tenantId());
      return gone(entra.unregister(tenant, parameter(request, "clientId")));
    }
    expect(request, "PUT");
    entra.register(
        AzureStates.application(
            AzureState.parse(request.body(), AzureState.Application.class), azure.tenantId()));
    return Reply.empty(204);
  }

  private Reply denied(RecordedRequest request) {
    if (request.method().equals("DELETE")) {
      azure.allowAssign(parameter(request, "id"));
    } else {
      expect(request, "POST");
      azure.denyAssign(parameter(request, "id"));
    }
    return Reply.empty(204);
  }

  private Reply writes(RecordedRequest request, String rest) {
    if (rest.equals("failures")) {
      expect(request, "POST");
      AzureState.parse(request.body(), ControlWrites.Failure.class).apply(arm);
    } else {
      expect(request, "PUT");
      AzureState.parse(request.body(), ControlWrites.Behaviour.class).apply(arm);
    }
    return Reply.empty(204);
  }

  private static Reply requests(RecordedRequest request, RequestLog log) {
    if (request.method().equals("DELETE")) {
      log.clear();
      return Reply.empty(204);
    }
    expect(request, "GET");
    long since = Long.parseLong(request.queryParameter("since").orElse("0"));
    List<ControlRequest> found = log.since(since).stream().map(ControlRequest::of).toList();
    return Reply.json(200, Map.of("requests", found));
  }

  private static Reply faults(RecordedRequest request, Faults dial) {
    if (request.method().equals("DELETE")) {
      dial.clear();
    } else {
      expect(request, "POST");
      AzureState.parse(request.body(), ControlFault.class).schedule(dial);
    }
    return Reply.empty(204);
  }

  private static <T> T of(Map<String, T> bySimulator, String name) {
    T found = bySimulator.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no simulator '" + name + "': imds, entra or arm");
    }
    return found;
  }

  private static Reply gone(boolean wasThere) {
    return Reply.empty(wasThere ? 204 : 404);
  }

  private static String parameter(RecordedRequest request, String name) {
    return request
        .queryParameter(name)
        .orElseThrow(() -> new IllegalArgumentException("query parameter missing: " + name));
  }

  static void expect(RecordedRequest request, String method) {
    if (!request.method().equals(method)) {
      throw new IllegalArgumentException(
          request.method() + " is not for " + request.path() + "; try " + method);
    }
  }
}
