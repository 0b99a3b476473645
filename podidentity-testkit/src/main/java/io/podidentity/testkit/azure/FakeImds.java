package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.net.InetSocketAddress;
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
public final class FakeImds extends AzureEndpoint {
  private final FakeAzure azure;
  private final @Nullable ArmId compute;
  private final ImdsTokenHandler tokens;
  private final ImdsThrottle throttle = new ImdsThrottle();
  private final SimulatorServer server;
  private volatile Duration latency = Duration.ZERO;

  private FakeImds(FakeAzure azure, InetSocketAddress address, @Nullable ArmId compute) {
    this.azure = requireNonNull(azure, "azure");
    this.compute = compute;
    this.tokens = new ImdsTokenHandler(azure);
    this.server = SimulatorServer.start("fake-imds", address, null, azure.clock(), this::handle);
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

  /**
   * How long its next tokens are valid; 24 hours unless told, as in Azure. A token that was issued
   * is given again for an hour, or for half of its life if that is shorter.
   */
  public void tokenLifetime(Duration lifetime) {
    tokens.lifetime(lifetime);
  }

  /**
   * From now on each virtual machine is served so much and no more; null, as it starts, serves all.
   * Machines are told apart by the node of their source address, where nodes are known.
   */
  public void limits(@Nullable ImdsLimits limits) {
    throttle.limits(limits);
  }

  /** How long each answer to an identity endpoint takes, in real time; zero unless told. */
  public void latency(Duration newLatency) {
    latency = newLatency;
  }

  @Override
  SimulatorServer server() {
    return server;
  }

  private CompletableFuture<Reply> handle(RecordedRequest request) {
    boolean token = request.path().toLowerCase(Locale.ROOT).startsWith("/metadata/identity/");
    String machine = azure.nodeAt(request.source()).map(SimulatedNode::name).orElse("");
    return throttle.admit(
        machine,
        token,
        azure.clock().instant(),
        () -> token ? later(request) : CompletableFuture.completedFuture(answer(request)));
  }

  private CompletableFuture<Reply> later(RecordedRequest request) {
    Duration time = latency;
    return time.isZero()
        ? CompletableFuture.completedFuture(answer(request))
        : CompletableFuture.supplyAsync(() -> answer(request), Later.after(time));
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
