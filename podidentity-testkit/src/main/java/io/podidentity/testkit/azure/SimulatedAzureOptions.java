package io.podidentity.testkit.azure;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to start a {@link SimulatedAzure}. Immutable; begin with {@link #defaults}.
 *
 * @param clock of everything but real delays
 * @param tenantId of all managed identities
 * @param imds where the metadata service listens; port 0 takes a free one, here and below
 * @param entra where Entra ID listens
 * @param arm where Resource Manager listens
 * @param control where the control endpoint listens; null for none
 * @param imdsCompute the virtual machine or scale set that the metadata service answers for; null
 *     finds it by the source address of each request
 * @param hosts names and addresses for the certificate, besides the loopback ones; the first one,
 *     if any, is the host in {@link SimulatedAzure}'s URIs of Entra ID and Resource Manager
 */
public record SimulatedAzureOptions(
    Clock clock,
    String tenantId,
    InetSocketAddress imds,
    InetSocketAddress entra,
    InetSocketAddress arm,
    @Nullable InetSocketAddress control,
    @Nullable String imdsCompute,
    List<String> hosts) {

  /** Copies the list. */
  public SimulatedAzureOptions {
    hosts = List.copyOf(hosts);
  }

  /** Free loopback ports, the system's clock, no control endpoint. */
  public static SimulatedAzureOptions defaults() {
    return new SimulatedAzureOptions(
        Clock.systemUTC(),
        FakeAzure.DEFAULT_TENANT,
        Loopback.anyPort(),
        Loopback.anyPort(),
        Loopback.anyPort(),
        null,
        null,
        List.of());
  }

  /** With another clock. */
  public SimulatedAzureOptions withClock(Clock newClock) {
    return new SimulatedAzureOptions(
        newClock, tenantId, imds, entra, arm, control, imdsCompute, hosts);
  }

  /** With another tenant. */
  public SimulatedAzureOptions withTenantId(String newTenantId) {
    return new SimulatedAzureOptions(
        clock, newTenantId, imds, entra, arm, control, imdsCompute, hosts);
  }

  /** With the metadata service at another address. */
  public SimulatedAzureOptions withImds(InetSocketAddress address) {
    return new SimulatedAzureOptions(
        clock, tenantId, address, entra, arm, control, imdsCompute, hosts);
  }

  /** With Entra ID at another address. */
  public SimulatedAzureOptions withEntra(InetSocketAddress address) {
    return new SimulatedAzureOptions(
        clock, tenantId, imds, address, arm, control, imdsCompute, hosts);
  }

  /** With Resource Manager at another address. */
  public SimulatedAzureOptions withArm(InetSocketAddress address) {
    return new SimulatedAzureOptions(
        clock, tenantId, imds, entra, address, control, imdsCompute, hosts);
  }

  /** With a control endpoint at this address. */
  public SimulatedAzureOptions withControl(InetSocketAddress address) {
    return new SimulatedAzureOptions(
        clock, tenantId, imds, entra, arm, address, imdsCompute, hosts);
  }

  /** With a metadata service that answers everybody for one virtual machine or scale set. */
  public SimulatedAzureOptions withImdsCompute(String computeId) {
    return new SimulatedAzureOptions(clock, tenantId, imds, entra, arm, control, computeId, hosts);
  }

  /** With more names and addresses in the certificate; see {@link #hosts}. */
  public SimulatedAzureOptions withHosts(List<String> newHosts) {
    return new SimulatedAzureOptions(
        clock, tenantId, imds, entra, arm, control, imdsCompute, newHosts);
  }
}
