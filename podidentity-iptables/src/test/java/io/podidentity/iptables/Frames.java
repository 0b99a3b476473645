package io.podidentity.iptables;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Parts of Ethernet frames, in hexadecimal, by RFC 791 (IPv4), 9293 (TCP) and 826 (ARP).
 *
 * @param to the hardware address that it is sent to, with colons
 * @param from the one that it claims to come from
 */
record Frames(String to, String from) {
  static final String IPV4 = "0800";
  private static final int FIRST_FRAGMENT = 0x2000;

  /** With whatever follows the hardware addresses: types, tags and what they hold. */
  String frame(String... parts) {
    String text = to + from + String.join("", parts);
    return text.replaceAll("[^\\da-fA-F]", "");
  }

  /** A request for the hardware address of one address by another. */
  String arpRequest(String sender, String target) {
    return frame(
        "0806", "0001", IPV4, "06", "04", "0001", from, hex(sender), "000000000000", hex(target));
  }

  /** An IPv4 packet with a TCP segment that opens a connection. */
  static String syn(String source, int sourcePort, String target, int targetPort) {
    return packet("", 0, source, target, segment(source, sourcePort, target, targetPort));
  }

  /** The same with four bytes of options, which do nothing, in the IPv4 header. */
  static String synWithOptions(String source, int sourcePort, String target, int targetPort) {
    return packet("01010101", 0, source, target, segment(source, sourcePort, target, targetPort));
  }

  /** The same in two fragments, of which the first holds little more than the ports. */
  static String[] synInFragments(String source, int sourcePort, String target, int targetPort) {
    String segment = segment(source, sourcePort, target, targetPort);
    return new String[] {
      packet("", FIRST_FRAGMENT, source, target, segment.substring(0, 16)),
      packet("", 1, source, target, segment.substring(16))
    };
  }

  private static String segment(String source, int sourcePort, String target, int targetPort) {
    String before = "%04x%04x0000000100000000".formatted(sourcePort, targetPort) + "5002fff0";
    String pseudo = hex(source) + hex(target) + "00060014";
    return before + checksum(pseudo + before + "00000000") + "0000";
  }

  private static String packet(
      String options, int fragment, String source, String target, String payload) {
    int words = 5 + options.length() / 8;
    String before =
        "4%x00%04x%04x%04x4006"
            .formatted(
                words, words * 4 + payload.length() / 2, source.hashCode() & 0xffff, fragment);
    String after = hex(source) + hex(target) + options;
    return before + checksum(before + "0000" + after) + after + payload;
  }

  private static String checksum(String hex) {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    int sum = 0;
    while (bytes.hasRemaining()) {
      sum += bytes.getShort() & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    return "%04x".formatted(~sum & 0xffff);
  }

  private static String hex(String address) {
    StringBuilder hex = new StringBuilder();
    for (String part : address.split("\\.", -1)) {
      hex.append("%02x".formatted(Integer.parseInt(part)));
    }
    return hex.toString();
  }
}
