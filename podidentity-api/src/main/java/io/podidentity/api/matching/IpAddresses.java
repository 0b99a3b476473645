package io.podidentity.api.matching;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses as Kubernetes writes them. The JDK takes what is almost one, such as {@code
 * 127.0.0.256}, for a host's name and looks it up: whoever answers for the name would then say
 * whose tokens an address gets. Here nothing is looked up. Thread-safe.
 */
public final class IpAddresses {
  private static final int LENGTH = 16;
  private static final int GROUP = 2;
  private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-fA-F]{1,4}");

  private IpAddresses() {}

  /**
   * The address that a text is, without brackets, zone or leading zeros of an octet; an IPv4 one
   * for what is one written as IPv6.
   *
   * @return null if it is none
   */
  public static @Nullable InetAddress parse(String text) {
    byte @Nullable [] bytes = text.indexOf(':') < 0 ? four(text) : six(text);
    if (bytes == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  private static byte @Nullable [] four(String text) {
    String[] octets = text.split("\\.", -1);
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      int octet = OCTET.matcher(octets[i]).matches() ? Integer.parseInt(octets[i]) : 256;
      if (octet > 255) {
        return null;
      }
      bytes[i] = (byte) octet;
    }
    return bytes.length == 4 ? bytes : null;
  }

  private static byte @Nullable [] six(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte @Nullable [] all = groups(text, true);
      return all != null && all.length == LENGTH ? all : null;
    }
    // Another gap would make an empty group.
    byte @Nullable [] head = groups(text.substring(0, gap), false);
    byte @Nullable [] tail = groups(text.substring(gap + 2), true);
    if (head == null || tail == null || head.length + tail.length > LENGTH - GROUP) {
      return null;
    }
    byte[] all = new byte[LENGTH];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(tail, 0, all, LENGTH - tail.length, tail.length);
    return all;
  }

  /** The bytes of groups between colons, of which the last may be an IPv4 address. */
  private static byte @Nullable [] groups(String text, boolean last) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(LENGTH);
    String[] groups = text.isEmpty() ? new String[0] : text.split(":", -1);
    for (int i = 0; i < groups.length; i++) {
      byte @Nullable [] four =
          last && i == groups.length - 1 && groups[i].indexOf('.') >= 0 ? four(groups[i]) : null;
      if (four != null) {
        bytes.writeBytes(four);
      } else if (HEXADECIMAL.matcher(groups[i]).matches()) {
        int group = Integer.parseInt(groups[i], 16);
        bytes.write(group >> 8);
        bytes.write(group);
      } else {
        return null;
      }
    }
    return bytes.toByteArray();
  }
}
