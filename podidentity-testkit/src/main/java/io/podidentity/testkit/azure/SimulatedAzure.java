package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A whole simulated Azure in this process: one {@link FakeAzure} behind a metadata service, Entra
 * ID and Resource Manager, with certificates of its own. Safe for use by several threads; close it
 * to free its ports.
 */
public final class SimulatedAzure implements AutoCloseable {
  private final SimulatedAzureOptions options;
  private final FakeAzure azure;
  private final TestCertificates certificates;
  private final FakeImds imds;
  private final FakeEntra entra;
  private final FakeArm arm;
  private final @Nullable ControlServer control;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  private SimulatedAzure(SimulatedAzureOptions options) {
    this.options = options;
    this.azure = new FakeAzure(options.clock(), options.tenantId());
    this.certificates = TestCertificates.create();
    boolean complete = false;
    try {
      SSLContext tls = certificates.serverContext(certificateHosts(options));
      imds = note(startImds(azure, options));
      entra = note(FakeEntra.start(azure, options.entra(), tls));
      arm = note(FakeArm.start(azure, options.arm(), tls));
      arm.acceptAudience(armUri().toString());
      InetSocketAddress controlAddress = options.control();
      control =
          controlAddress == null
              ? null
              : note(ControlServer.start(azure, imds, entra, arm, controlAddress));
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /**
   * Starts all servers.
   *
   * @throws java.io.UncheckedIOException if an address cannot be used, naming it; nothing is left
   *     running then
   */
  public static SimulatedAzure start(SimulatedAzureOptions options) {
    return new SimulatedAzure(options);
  }

  /** Starts all servers on free loopback ports. */
  public static SimulatedAzure start() {
    return start(SimulatedAzureOptions.defaults());
  }

  /** The state behind the servers. */
  public FakeAzure azure() {
    return azure;
  }

  /** The metadata service. */
  public FakeImds imds() {
    return imds;
  }

  /** Entra ID. */
  public FakeEntra entra() {
    return entra;
  }

  /** Resource Manager. */
  public FakeArm arm() {
    return arm;
  }

  /** The authority behind the servers' certificate. */
  public TestCertificates certificates() {
    return certificates;
  }

  /** The authority's certificate, for a client's CA bundle. */
  public String caPem() {
    return certificates.caPem();
  }

  /** The metadata service's base URL, without a slash at the end. */
  public URI imdsUri() {
    return imds.uri();
  }

  /** Entra ID's base URL, without a slash at the end. */
  public URI entraUri() {
    return named(entra.uri());
  }

  /** Resource Manager's base URL, without a slash at the end. */
  public URI armUri() {
    return named(arm.uri());
  }

  /** The control endpoint's base URL, if there is one. */
  public Optional<URI> controlUri() {
    return Optional.ofNullable(control).map(ControlServer::uri);
  }

  /** Adds what a state describes; see {@link AzureState}. */
  public void load(AzureState state) {
    AzureStates.load(state, azure, entra);
  }

  /**
   * Writes what programs need to use it: {@code ca.pem}, {@code azure-environment.json} (the custom
   * cloud file), {@code azure.json} (managed identity), one {@code
   * azure-service-principal-CLIENTID.json} for each application of {@code state} with a secret, and
   * {@code endpoints.json}.
   *
   * @param folder made if missing
   */
  public void writeFiles(Path folder, AzureState state) throws IOException {
    CloudFiles.write(folder, this, state);
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      AutoCloseable last = started.pop();
      try {
        last.close();
      } catch (Exception e) {
        throw new IllegalStateException("stop " + last + ": " + e.getMessage(), e);
      }
    }
  }

  private <T extends AutoCloseable> T note(T server) {
    started.push(server);
    return server;
  }

  private URI named(URI uri) {
    return options.hosts().isEmpty()
        ? uri
        : URI.create(uri.getScheme() + "://" + options.hosts().get(0) + ":" + uri.getPort());
  }

  private static FakeImds startImds(FakeAzure azure, SimulatedAzureOptions options) {
    String compute = options.imdsCompute();
    return compute == null
        ? FakeImds.start(azure, options.imds())
        : FakeImds.startFor(azure, options.imds(), compute);
  }

  private static List<String> certificateHosts(SimulatedAzureOptions options) {
    List<String> hosts = new ArrayList<>(options.hosts());
    for (InetSocketAddress address : List.of(options.entra(), options.arm())) {
      if (!address.getAddress().isAnyLocalAddress()) {
        hosts.add(address.getAddress().getHostAddress());
      }
    }
    return hosts;
  }
}
