package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.IdentityBlock;
import io.podidentity.testkit.azure.SimulatedAzure;
import io.podidentity.testkit.azure.SimulatedAzureOptions;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.http.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * A simulated Azure with the machine that the cluster's own identity is on, one machine, one scale
 * set, and the adapter under test on a clock that moves when the adapter waits.
 */
final class SimulatedCluster implements AutoCloseable {
  static final String SUBSCRIPTION = "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8";
  static final String GROUP = "MC_Group";
  static final ComputeTarget MACHINE = ComputeTarget.virtualMachine(SUBSCRIPTION, GROUP, "vm-0");
  static final ComputeTarget SCALE_SET = ComputeTarget.scaleSet(SUBSCRIPTION, GROUP, "vmss-0");
  private static final String CONTROL = id("virtualMachines", "control", "Microsoft.Compute");

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final ClockTimer timer = new ClockTimer(clock);
  private final SimulatedAzure simulated;
  private final UserAssignedIdentity own;

  /** What the adapter reported, one line each. */
  private final List<String> reports = new CopyOnWriteArrayList<>();

  private final class Reports implements Telemetry {
    @Override
    public void targetCalled(ComputeTarget target, TargetCall call, Duration took) {
      reports.add(call + " " + target.id().name() + " " + took);
    }

    @Override
    public void targetCallFailed(ComputeTarget target, TargetCall call) {
      reports.add(call + " " + target.id().name() + " failed");
    }
  }

  SimulatedCluster() {
    simulated =
        SimulatedAzure.start(
            SimulatedAzureOptions.defaults().withClock(clock).withImdsCompute(CONTROL));
    own = create("cluster");
    azure().createCompute(CONTROL);
    azure().attach(CONTROL, own);
    azure().createCompute(MACHINE.id().value());
    azure().createCompute(SCALE_SET.id().value());
  }

  FakeAzure azure() {
    return simulated.azure();
  }

  SimulatedAzure simulated() {
    return simulated;
  }

  List<String> reports() {
    return reports;
  }

  /** Who the cluster asks as, unless a test says otherwise. */
  UserAssignedIdentity own() {
    return own;
  }

  MutableClock clock() {
    return clock;
  }

  ClockTimer timer() {
    return timer;
  }

  /** As whom the cluster asks, unless a test says otherwise. */
  CloudConfig config() {
    return new CloudConfig(
        "AzureStackCloud", azure().tenantId(), "", "", SUBSCRIPTION, GROUP, true, own.clientId());
  }

  AzureCloud cloud() {
    return new AzureCloud(
        "AzureStackCloud",
        simulated.entraUri(),
        simulated.armUri(),
        simulated.armUri() + "/",
        "2024-07-01");
  }

  ComputeIdentities adapter() {
    return adapter(config(), ArmOptions.DEFAULT);
  }

  ComputeIdentities adapter(CloudConfig config, ArmOptions options) {
    return clients(cloud(), simulated.certificates().clientContext(), options)
        .computeIdentities(config, timer, new Reports());
  }

  ArmRights rights() {
    return clients(cloud(), simulated.certificates().clientContext(), ArmOptions.DEFAULT)
        .rights(config());
  }

  ArmClients clients(AzureCloud cloud, SSLContext trust, ArmOptions options) {
    return new ArmClients(cloud, trust, simulated.imdsUri(), "test-agent", options, clock);
  }

  UserAssignedIdentity create(String name) {
    return azure().createIdentity(identityId(name).value());
  }

  /** An ID that is written in mixed case, as portals show it. */
  static ResourceId identityId(String name) {
    return new ResourceId(id("userAssignedIdentities", name, "Microsoft.ManagedIdentity"));
  }

  static Set<ResourceId> ids(String... names) {
    return Arrays.stream(names)
        .map(SimulatedCluster::identityId)
        .collect(Collectors.toUnmodifiableSet());
  }

  IdentityBlock identities(ComputeTarget target) {
    return azure().compute(target.id().value()).orElseThrow().identity();
  }

  /** The names of the user-assigned identities on a target. */
  List<String> names(ComputeTarget target) {
    return identities(target).user().stream()
        .map(one -> one.id().name().toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  List<RecordedRequest> arm(String method) {
    return simulated.arm().requests().matching(request -> request.method().equals(method));
  }

  static PodIdentityException failure(Runnable action) {
    PodIdentityException error = catchThrowableOfType(PodIdentityException.class, action::run);
    assertThat(error).isNotNull();
    return error;
  }

  static Duration seconds(long count) {
    return Duration.ofSeconds(count);
  }

  @Override
  public void close() {
    simulated.close();
  }

  private static String id(String type, String name, String provider) {
    return "/subscriptions/%s/resourceGroups/%s/providers/%s/%s/%s"
        .formatted(SUBSCRIPTION, GROUP, provider, type, name);
  }
}
