package io.podidentity.iptables;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which traffic goes where. The rules are those of AAD Pod Identity v1, to the byte: people's
 * scripts and tests look for them. IPv4 only, because the metadata service is.
 *
 * @param metadataAddress the metadata service's IPv4 address in dotted form; default
 *     169.254.169.254
 * @param metadataPort its port; 1 to 65535, default 80
 * @param nmiAddress where NMI listens, in dotted form; default 127.0.0.1. What NMI itself sends
 *     from there is not redirected.
 * @param nmiPort NMI's port; 1 to 65535, default 2579
 */
public record RedirectRules(
    String metadataAddress, int metadataPort, String nmiAddress, int nmiPort) {
  // Before DEFAULT, whose constructor uses it.
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

  /** v1's defaults: 169.254.169.254:80 goes to 127.0.0.1:2579. */
  public static final RedirectRules DEFAULT =
      new RedirectRules("169.254.169.254", 80, "127.0.0.1", 2579);

  /** The chain that holds the rules, in the table {@code nat}. */
  public static final String CHAIN = "aad-metadata";

  /** Refuses what iptables would refuse, or read as something else, such as a host's name. */
  public RedirectRules {
    checkAddress(metadataAddress, "metadataAddress");
    checkPort(metadataPort, "metadataPort");
    checkAddress(nmiAddress, "nmiAddress");
    checkPort(nmiPort, "nmiPort");
  }

  /**
   * The rules as {@code iptables -t nat -S} prints them, in its order: the chain, the jump to it
   * from the first place of PREROUTING, and the chain's two rules.
   */
  public List<String> lines() {
    return chain().lines();
  }

  /** The chain; PREROUTING is where packets that are not the node's own come in. */
  OwnChain chain() {
    return new OwnChain(
        "nat",
        "PREROUTING",
        CHAIN,
        List.of(redirect(), "-j RETURN"),
        new Traffic(metadataAddress, metadataPort));
  }

  private String redirect() {
    return "! -s %s/32 -d %s/32 -p tcp -m tcp --dport %d -j DNAT --to-destination %s:%d"
        .formatted(nmiAddress, metadataAddress, metadataPort, nmiAddress, nmiPort);
  }

  static void checkAddress(String address, String name) {
    requireNonNull(address, name);
    if (!IPV4.matcher(address).matches()) {
      throw new IllegalArgumentException(name + " must be an IPv4 address: " + address);
    }
  }

  private static void checkPort(int port, String name) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(name + " must be 1 to 65535: " + port);
    }
  }
}
