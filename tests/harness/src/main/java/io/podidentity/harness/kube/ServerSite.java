package io.podidentity.harness.kube;

import io.podidentity.harness.HarnessException;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where an API server and its etcd run and listen. etcd listens on 127.0.0.1 only.
 *
 * @param namespace null: the machine's own network
 * @param address the API server's address there
 * @param port the API server's port
 * @param etcdPort etcd's port for clients
 * @param etcdPeerPort etcd's port for other members, of which there are none
 */
record ServerSite(
    @Nullable NetworkNamespace namespace,
    String address,
    int port,
    int etcdPort,
    int etcdPeerPort) {

  static final String LOOPBACK = "127.0.0.1";

  /** Below the range from which Linux gives out ports: a server that is down keeps its own. */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 30_000;
  private static final int ATTEMPTS = 200;

  static ServerSite onLoopback() {
    int[] ports = freePorts(3);
    return new ServerSite(null, LOOPBACK, ports[0], ports[1], ports[2]);
  }

  /** A namespace is the test's own, so the usual ports are free. */
  static ServerSite in(NetworkNamespace namespace, String address) {
    return new ServerSite(namespace, address, 6443, 2379, 2380);
  }

  String url() {
    return "https://" + address + ":" + port;
  }

  String etcdUrl() {
    return "http://" + LOOPBACK + ":" + etcdPort;
  }

  Command place(Command command) {
    return namespace == null ? command : namespace.inside(command);
  }

  /** Different ports, so none is let go before all are found. */
  private static int[] freePorts(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int attempt = 0; attempt < ATTEMPTS && held.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
        } catch (IOException e) {
          // Taken: another one.
        }
      }
      if (held.size() < count) {
        throw new HarnessException("no free port between " + FIRST_PORT + " and " + LAST_PORT);
      }
      return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      held.forEach(ServerSite::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + socket, e);
    }
  }
}
