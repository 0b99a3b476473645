package io.podidentity.harness.net;

import io.podidentity.harness.process.Command;

/** Connects namespaces by veth pairs. */
public final class Cable {

  private Cable() {}

  /** Connects two ends that do not exist yet, and sets both up; they have no addresses. */
  public static void connect(CableEnd one, CableEnd other) {
    // Made in place: neither end is ever seen in the machine's own namespace.
    Command.of(
            "ip",
            "-n",
            one.namespace().name(),
            "link",
            "add",
            one.device(),
            "type",
            "veth",
            "peer",
            "name",
            other.device(),
            "netns",
            other.namespace().name())
        .output();
    one.namespace().ip("link set " + one.device() + " up");
    other.namespace().ip("link set " + other.device() + " up");
  }

  /**
   * Connects two ends and gives both an address.
   *
   * @param oneAddress the first end's address with prefix length, such as {@code 10.0.0.1/30}
   * @param otherAddress the second end's
   */
  public static void connect(CableEnd one, String oneAddress, CableEnd other, String otherAddress) {
    connect(one, other);
    one.namespace().ip("address add " + oneAddress + " dev " + one.device());
    other.namespace().ip("address add " + otherAddress + " dev " + other.device());
  }
}
