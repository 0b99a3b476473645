package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Frames with one packet in them that opens a connection, packed in every way in which a kernel
 * might find it, and a rule not. A form is known by the TCP port that it comes from.
 */
final class CraftedForms {
  private static final String NODE = "127.0.0.1";
  private static final String OWN_ADDRESS = "the node's own address";
  private static final int FIRST_PORT = 40_000;

  /** IEEE 802.1Q and 802.1ad tags for VLAN 0, in priorities 0 and 7, and for VLAN 5. */
  private static final String Q = "81000000";

  private static final String Q7 = "8100e000";
  private static final String AD = "88a80000";
  private static final String Q5 = "81000005";
  private static final String IPV4 = Frames.IPV4;

  /** Those in which Linux finds the packet. */
  static final List<String> UNPACKED =
      List.of(
          "plain",
          Q,
          Q7,
          AD,
          Q + Q,
          AD + Q,
          Q + AD,
          AD + AD,
          Q + Q + Q,
          Q + Q + Q + Q,
          Q + Q + Q + Q + Q,
          "options",
          "fragments",
          "fragments, last first");

  /** Those with a packet that some host behind a bridge might find, whatever its VLANs are. */
  static final List<String> TO_BE_FOUND =
      Stream.concat(UNPACKED.stream(), Stream.of(Q5, Q5 + Q, Q + Q5, OWN_ADDRESS)).toList();

  private final Frames frames;
  private final Map<Integer, String> forms = new LinkedHashMap<>();
  private final List<String> all = new ArrayList<>();

  CraftedForms(Frames frames) {
    this.frames = frames;
  }

  /** Adds all forms of a packet that opens a connection. */
  void addAll(String source, String target, int port) {
    add("plain", source, target, port);
    for (String tags :
        List.of(
            Q,
            Q7,
            AD,
            Q + Q,
            AD + Q,
            Q + AD,
            AD + AD,
            Q + Q + Q,
            Q + Q + Q + Q,
            Q + Q + Q + Q + Q,
            Q5,
            Q5 + Q,
            Q + Q5)) {
      String syn = Frames.syn(source, next(tags), target, port);
      all.add(frames.frame(tags, IPV4, syn));
    }
    all.add(frames.frame(IPV4, Frames.synWithOptions(source, next("options"), target, port)));
    fragments("fragments", source, target, port, false);
    fragments("fragments, last first", source, target, port, true);
    String syn = Frames.syn(source, next("snap"), target, port);
    all.add(frames.frame("%04x".formatted(8 + syn.length() / 2), "aaaa03000000", IPV4, syn));
    syn = Frames.syn(source, next("pppoe"), target, port);
    all.add(frames.frame("8864", "11000001", "%04x".formatted(2 + syn.length() / 2), "0021", syn));
    for (String type : List.of("86dd", "0806", "8847", "0801")) {
      all.add(frames.frame(type, Frames.syn(source, next("as type " + type), target, port)));
    }
    add(OWN_ADDRESS, NODE, target, port);
  }

  private void add(String form, String source, String target, int port) {
    all.add(frames.frame(IPV4, Frames.syn(source, next(form), target, port)));
  }

  private void fragments(String form, String source, String target, int port, boolean lastFirst) {
    List<String> parts =
        new ArrayList<>(
            Arrays.stream(Frames.synInFragments(source, next(form), target, port))
                .map(packet -> frames.frame(IPV4, packet))
                .toList());
    if (lastFirst) {
      Collections.reverse(parts);
    }
    all.addAll(parts);
  }

  /** The TCP port by which a form is recognised. */
  private int next(String form) {
    int port = FIRST_PORT + forms.size();
    forms.put(port, form);
    return port;
  }

  /** All that were added, and that frame behind them. */
  List<String> followedBy(String last) {
    List<String> sent = new ArrayList<>(all);
    sent.add(last);
    return sent;
  }

  /** The forms that came from these ports; other ports are left out. */
  Set<String> names(Collection<Integer> ports) {
    Set<String> names = new TreeSet<>();
    ports.stream().filter(forms::containsKey).forEach(port -> names.add(forms.get(port)));
    return names;
  }
}
