package io.podidentity.azure.http;

import io.podidentity.api.matching.IpAddresses;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is reached without a proxy, as Go reads {@code NO_PROXY}: names with all below them ({@code
 * .name}: only those below), addresses and address ranges, each perhaps with a port; {@code *} for
 * everything. The machine itself always is.
 *
 * @see <a href="https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config">Config.NoProxy</a>
 */
record NoProxy(List<Rule> rules) {
  private static final Pattern WITH_PORT =
      Pattern.compile("(?:\\[(?<six>[^\\]]+)\\]|(?<host>[^:]+))(?::(?<port>\\d{1,5}))?");

  NoProxy {
    rules = List.copyOf(rules);
  }

  private interface Rule {
    boolean holds(String host, @Nullable InetAddress address, int port);
  }

  static NoProxy parse(String text) {
    return new NoProxy(
        Arrays.stream(text.toLowerCase(Locale.ROOT).split(",", -1))
            .map(String::strip)
            .filter(one -> !one.isEmpty())
            .map(NoProxy::rule)
            .toList());
  }

  /**
   * Whether a target is among them.
   *
   * @param host a name, or an address as URLs write it
   */
  boolean includes(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|\\]$", "");
    InetAddress address = IpAddresses.parse(name);
    return name.equals("localhost")
        || (address != null && address.isLoopbackAddress())
        || rules.stream().anyMatch(rule -> rule.holds(name, address, port));
  }

  private static Rule rule(String text) {
    if (text.equals("*")) {
      return (host, address, port) -> true;
    }
    int slash = text.indexOf('/');
    if (slash >= 0) {
      return range(IpAddresses.parse(text.substring(0, slash)), text.substring(slash + 1));
    }
    // An IPv6 address without brackets has colons, and no port.
    Matcher parts = WITH_PORT.matcher(text);
    boolean plain = IpAddresses.parse(text) != null || !parts.matches();
    String six = plain ? null : parts.group("six");
    String host = plain ? text : six != null ? six : parts.group("host");
    String port = plain ? null : parts.group("port");
    Rule named = named(host);
    return port == null
        ? named
        : (target, address, at) -> at == Integer.parseInt(port) && named.holds(target, address, at);
  }

  private static Rule named(String text) {
    InetAddress own = IpAddresses.parse(text);
    if (own != null) {
      return (host, address, port) -> own.equals(address);
    }
    String name = text.startsWith("*.") ? text.substring(1) : text;
    return name.startsWith(".")
        ? (host, address, port) -> host.endsWith(name)
        : (host, address, port) -> host.equals(name) || host.endsWith("." + name);
  }

  private static Rule range(@Nullable InetAddress first, String bits) {
    int length = bits.matches("\\d{1,3}") ? Integer.parseInt(bits) : -1;
    if (first == null || length < 0 || length > first.getAddress().length * 8) {
      return (host, address, port) -> false;
    }
    return (host, address, port) -> address != null && sharesBits(first, address, length);
  }

  private static boolean sharesBits(InetAddress one, InetAddress other, int bits) {
    byte[] a = one.getAddress();
    byte[] b = other.getAddress();
    if (a.length != b.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if (((a[bit / 8] ^ b[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
