package io.podidentity.harness.kube;

import io.podidentity.harness.net.FreePorts;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
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

  static ServerSite onLoopback() {
    int[] ports = FreePorts.find(3);
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
}
