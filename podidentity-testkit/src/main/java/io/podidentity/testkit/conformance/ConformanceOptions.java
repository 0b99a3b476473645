package io.podidentity.testkit.conformance;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the run is told to be.
 *
 * @param endpoint scheme, host and port of the metadata service, without a path
 * @param resource for which tokens are asked
 * @param timeout for each answer
 */
public record ConformanceOptions(URI endpoint, String resource, Duration timeout) {
  static final String USAGE =
      """
      conformance --endpoint=URL [--resource=URI] [--timeout=SECONDS]

      Asks a token endpoint what SDKs ask the instance metadata service, and prints a table. The machine or pod that this
      runs in must have an identity there. No token is printed.

        --endpoint   where it is, without a path: http://169.254.169.254
        --resource   for which tokens are asked (default https://management.azure.com/)
        --timeout    seconds for each answer (default 120)

      Exit codes: 0 all that is required holds; 1 something does not; 2 the command line is wrong.
      """;

  private static final List<String> FLAGS = List.of("endpoint", "resource", "timeout");

  /**
   * Reads a command line; a flag's value follows it, or a {@code =}.
   *
   * @throws IllegalArgumentException if it is wrong, naming the flag
   */
  public static ConformanceOptions parse(List<String> arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String[] parts = arguments.get(i).split("=", 2);
      String flag = parts[0].startsWith("--") ? parts[0].substring(2) : "";
      if (!FLAGS.contains(flag)) {
        throw new IllegalArgumentException("unknown flag: " + parts[0]);
      }
      if (parts.length == 1 && i + 1 == arguments.size()) {
        throw new IllegalArgumentException("flag needs a value: " + parts[0]);
      }
      given.put(flag, parts.length == 2 ? parts[1] : arguments.get(++i));
    }
    String seconds = given.getOrDefault("timeout", "120");
    if (!seconds.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException("--timeout is no number of seconds: " + seconds);
    }
    return new ConformanceOptions(
        endpoint(given.getOrDefault("endpoint", "")),
        given.getOrDefault("resource", "https://management.azure.com/"),
        Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static URI endpoint(String text) {
    String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (!bare.matches("https?://[^/?#@\\s]+")) {
      throw new IllegalArgumentException("--endpoint must be http://HOST[:PORT]: " + text);
    }
    URI endpoint = URI.create(bare);
    if (endpoint.getHost() == null || endpoint.getPort() > 65_535) {
      // Java's client cannot ask a host with a "_", for one.
      throw new IllegalArgumentException(
          "--endpoint has no valid host name or port (use its address): " + text);
    }
    return endpoint;
  }
}
