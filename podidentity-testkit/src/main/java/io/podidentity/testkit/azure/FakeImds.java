package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import io.podidentity.testkit.http.Faults;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.RequestLog;
import io.podidentity.testkit.http.SimulatorServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The instance metadata service, over plain HTTP: tokens for the identities that are attached to
 * the virtual machine or scale set it answers for, {@code /metadata/identity/info} and {@code
 * /metadata/instance}. It accepts paths in any case throughout, which is no stricter than the real
 * one, so that a filter in front of it is tested against the worst.
 *
 * <p>Source:
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * and https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service.
 */
public final class FakeImds implements AutoCloseable {
  private final FakeAzure azure;
  private final @Nullable ArmId compute;
  private final ImdsTokenHandler tokens;
  private final SimulatorServer server;

  private FakeImds(FakeAzure azure, InetSocketAddress address, @Nullable ArmId compute) {
    this.azure = requireNonNull(azure, "azure");
    this.compute = compute;
    this.tokens = new ImdsTokenHandler(azure);
    this.server =
        SimulatorServer.start(
            "fake-imds",
            address,
            null,
            azure.clock(),
            request -> CompletableFuture.completedFuture(answer(request)));
  }

  /**
   * Starts one that serves several nodes: it answers for the virtual machine or scale set of the
   * node that the request's source address belongs to ({@link FakeAzure#putNode}).
   *
   * @param address where to listen; port 0 takes a free one
   */
  public static FakeImds start(FakeAzure azure, InetSocketAddress address) {
    return new FakeImds(azure, address, null);
  }

  /** Starts one on a free loopback port that answers for one virtual machine or scale set. */
  public static FakeImds startFor(FakeAzure azure, String computeId) {
    return startFor(azure, Loopback.anyPort(), computeId);
  }

  /** Starts one that answers everybody for one virtual machine or scale set. */
  public static FakeImds startFor(FakeAzure azure, InetSocketAddress address, String computeId) {
    return new FakeImds(azure, address, ArmId.parse(computeId));
  }

  /** Where it listens, without a path. */
  public URI uri() {
    return server.uri();
  }

  /** What it was asked. */
  public RequestLog requests() {
    return server.requests();
  }

  /** How it is made to misbehave. */
  public Faults faults() {
    return server.faults();
  }

  /**
   * How long its next tokens are valid; 24 hours unless told, as in Azure. A token that was issued
   * is given again for an hour, or for half of its life if that is shorter.
   */
  public void tokenLifetime(Duration lifetime) {
    tokens.lifetime(lifetime);
  }

  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return server.toString();
  }

  private Reply answer(RecordedRequest request) {
    Optional<Reply> refusal = ImdsRules.refuse(request);
    return refusal.orElseGet(() -> route(request));
  }

  private Reply route(RecordedRequest request) {
    String path = request.path().toLowerCase(Locale.ROOT);
    return switch (path) {
      case "/metadata/identity/oauth2/token" ->
          ImdsRules.refuseVersion(request, ImdsRules.FIRST_TOKEN_VERSION)
              .orElseGet(() -> tokens.answer(request, computeFor(request).orElse(null)));
      case "/metadata/identity/info" ->
          ImdsRules.refuseVersion(request, ImdsRules.FIRST_TOKEN_VERSION)
              .orElseGet(() -> Reply.json(200, Map.of("tenantId", azure.tenantId())));
      case "/metadata/instance" ->
          ImdsRules.refuseVersion(request, ImdsRules.FIRST_VERSION)
              .orElseGet(() -> instance(request));
      default -> ImdsRules.notFound();
    };
  }

  private Reply instance(RecordedRequest request) {
    return computeFor(request)
        .map(found -> Reply.json(200, ImdsInstance.describe(found, nodeName(request, found))))
        .orElseGet(ImdsRules::unknownSource);
  }

  private Optional<Compute> computeFor(RecordedRequest request) {
    ArmId id =
        compute != null
            ? compute
            : azure.nodeAt(request.source()).map(SimulatedNode::compute).orElse(null);
    return id == null ? Optional.empty() : azure.compute(id);
  }

  private String nodeName(RecordedRequest request, Compute found) {
    return azure.nodeAt(request.source()).map(SimulatedNode::name).orElse(found.id().name());
  }
}
