package io.podidentity.testkit.azure;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses for simulators inside a test. */
final class Loopback {
  private Loopback() {}

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
