package io.podidentity.testkit.azure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@link SimulatedAzureMain}.
 *
 * @param options how to start
 * @param state what to start with
 * @param out where to write files for clients; null writes none
 */
record SimulatedAzureFlags(SimulatedAzureOptions options, AzureState state, @Nullable Path out) {

  static final String USAGE =
      """
      Simulated Azure: instance metadata service, Entra ID and Resource Manager in one process.
        --imds ADDRESS:PORT     metadata service, plain HTTP (127.0.0.1:0; port 0 takes a free one)
        --entra ADDRESS:PORT    Entra ID, HTTPS (127.0.0.1:0)
        --arm ADDRESS:PORT      Resource Manager, HTTPS (127.0.0.1:0)
        --control ADDRESS:PORT  control endpoint, plain HTTP (none)
        --host NAME             name or address for the certificate; the first is used in URLs
        --imds-compute ID       answer every caller of IMDS for this VM or scale set
                                (by source address, from the state's nodes)
        --tenant ID             the tenant (%s)
        --state FILE            JSON: identities, computes, nodes, applications, cluster
        --out FOLDER            write ca.pem, azure-environment.json, azure.json, endpoints.json
      Prints one line that begins with "ready" when all listen; ends on SIGTERM.
      """
          .formatted(FakeAzure.DEFAULT_TENANT);

  /**
   * Reads {@code --name value} and {@code --name=value}.
   *
   * @throws IllegalArgumentException for anything else, or a file that cannot be read, saying which
   */
  static SimulatedAzureFlags parse(List<String> arguments) {
    SimulatedAzureOptions options = SimulatedAzureOptions.defaults();
    AzureState state = AzureState.EMPTY;
    Path out = null;
    List<String> hosts = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      String value;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (++i < arguments.size()) {
        value = arguments.get(i);
      } else {
        throw new IllegalArgumentException("flag without a value, or unknown: " + name);
      }
      switch (name) {
        case "--imds" -> options = options.withImds(address(value));
        case "--entra" -> options = options.withEntra(address(value));
        case "--arm" -> options = options.withArm(address(value));
        case "--control" -> options = options.withControl(address(value));
        case "--imds-compute" -> options = options.withImdsCompute(ArmId.parse(value).text());
        case "--tenant" -> options = options.withTenantId(value);
        case "--host" -> hosts.add(value);
        case "--state" -> state = readState(Path.of(value));
        case "--out" -> out = Path.of(value);
        default -> throw new IllegalArgumentException("unknown flag: " + name);
      }
    }
    return new SimulatedAzureFlags(options.withHosts(hosts), state, out);
  }

  private static AzureState readState(Path file) {
    try {
      return AzureState.parse(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the state file " + file, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("state file " + file + ": " + e.getMessage(), e);
    }
  }

  /** The address must be a literal or a local name: nothing here asks a name server on purpose. */
  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (IllegalArgumentException | UnknownHostException e) {
      throw new IllegalArgumentException("not ADDRESS:PORT: " + text, e);
    }
  }
}
