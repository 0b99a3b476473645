package io.podidentity.iptables;

import java.io.IOException;
import java.net.NetworkInterface;
import java.util.HexFormat;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Sends Ethernet frames as they are, as a pod may that has {@code NET_RAW}, which pods have by
 * default. Arguments: the device, and each frame in hexadecimal. See packet(7).
 */
final class FrameSenderMain {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int ADDRESS_LENGTH = 20;

  /** What it takes of the C library; public for the loader. */
  public interface C {
    int socket(int domain, int type, int protocol);

    long sendto(int socket, byte[] data, long length, int flags, Pointer to, int toLength);
  }

  private FrameSenderMain() {}

  public static void main(String[] arguments) throws IOException {
    C c = LibraryLoader.create(C.class).load("c");
    int socket = c.socket(AF_PACKET, SOCK_RAW, 0);
    Pointer to = Memory.allocateDirect(Runtime.getRuntime(c), ADDRESS_LENGTH, true);
    to.putShort(0, (short) AF_PACKET);
    to.putInt(4, NetworkInterface.getByName(arguments[0]).getIndex());
    for (int i = 1; i < arguments.length; i++) {
      byte[] frame = HexFormat.of().parseHex(arguments[i]);
      if (c.sendto(socket, frame, frame.length, 0, to, ADDRESS_LENGTH) != frame.length) {
        throw new IOException("frame " + i + " was not sent");
      }
    }
  }
}
