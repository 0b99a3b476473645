package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import io.podidentity.testkit.http.SimulatorServer;
import java.net.InetSocketAddress;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Azure Resource Manager, over HTTPS: GET and PATCH of virtual machines and scale sets, GET of
 * user-assigned identities, of what a caller may do, and the polling of long writes. A caller needs
 * a token that {@link FakeImds} or {@link FakeEntra} of the same {@link FakeAzure} gave out for
 * Resource Manager.
 */
public final class FakeArm extends AzureEndpoint {
  private final ArmAuthentication authentication;
  private final ArmWrites writes = new ArmWrites();
  private final ArmThrottling throttling = new ArmThrottling();
  private final SimulatorServer server;

  private FakeArm(FakeAzure azure, InetSocketAddress address, SSLContext tls) {
    requireNonNull(azure, "azure");
    this.authentication = new ArmAuthentication(azure);
    ArmRouter router = new ArmRouter(azure, authentication, writes, throttling);
    this.server =
        SimulatorServer.start(
            "fake-arm",
            address,
            requireNonNull(tls, "tls"),
            azure.clock(),
            request ->
                router
                    .answer(request)
                    .thenApply(
                        reply -> reply.with("x-ms-request-id", UUID.randomUUID().toString())));
    authentication.accept(server.uri().toString());
  }

  /**
   * Starts one.
   *
   * @param address where to listen; port 0 takes a free one
   * @param tls the certificate to show
   */
  public static FakeArm start(FakeAzure azure, InetSocketAddress address, SSLContext tls) {
    return new FakeArm(azure, address, tls);
  }

  /**
   * Takes tokens for this audience too; those of the public cloud and its own URL are taken anyway.
   */
  public void acceptAudience(String audience) {
    authentication.accept(audience);
  }

  /** How writes are carried out where nothing else is said; synchronously at once unless told. */
  public void writes(WriteBehaviour behaviour) {
    writes.set(behaviour);
  }

  /** How writes to one virtual machine or scale set are carried out. */
  public void writes(String resourceId, WriteBehaviour behaviour) {
    writes.set(ArmId.parse(resourceId), behaviour);
  }

  /**
   * Lets the next writes to a resource be accepted and then fail, changing nothing but its
   * provisioning state. A synchronous write answers the error itself.
   */
  public void failNextWrites(String resourceId, int times, ArmError error) {
    writes.fail(ArmId.parse(resourceId), times, error);
  }

  /**
   * How much is served, by the clock of {@link FakeAzure}; null, as at first, for any number. All
   * buckets are full then. The buckets of a region's other callers, of a tenant, and of
   * user-assigned identities themselves are not simulated.
   */
  public void limits(@Nullable ArmLimits limits) {
    throttling.limits(limits);
  }

  /** How many requests were refused since the start because they exceeded {@link #limits}. */
  public long refusedByLimits() {
    return throttling.refused();
  }

  @Override
  SimulatorServer server() {
    return server;
  }
}
