package io.podidentity.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.podidentity.harness.kube.KubernetesApi;
import io.podidentity.harness.net.Relay;
import io.podidentity.harness.net.RequestHead;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/**
 * Stands before an API server, ends TLS, and knows of HTTP what such things do: it may drop {@code
 * Upgrade}, as one does that was not told to let it pass. For requests without a body.
 */
final class LoadBalancer implements AutoCloseable {
  private final Relay relay;
  private final boolean dropsUpgrade;
  private final Duration delay;
  private final List<RequestHead> requests = new CopyOnWriteArrayList<>();

  /**
   * One that listens on a free port of the loopback interface.
   *
   * @param delay of each watch
   */
  LoadBalancer(KubernetesApi api, boolean dropsUpgrade, Duration delay) {
    Config config = KubernetesClients.fromFile(api.adminKubeconfig());
    this.dropsUpgrade = dropsUpgrade;
    this.delay = delay;
    this.relay =
        new Relay(
            Relay.onLoopback(ServerSocketFactory.getDefault()),
            URI.create(config.getMasterUrl()),
            trust(config),
            Http::new);
  }

  private static SocketFactory trust(Config config) {
    try {
      return SSLUtils.sslContext(config).getSocketFactory();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + relay.port() + "/";
  }

  /** Lists, so far. */
  long lists() {
    return requests.stream().filter(head -> !isWatch(head)).count();
  }

  /** Watches that were asked for as WebSockets, so far. */
  long handshakes() {
    return requests.stream().filter(LoadBalancer::asksForUpgrade).count();
  }

  /** Watches over plain HTTP, so far. */
  long plainWatches() {
    return requests.size() - lists() - handshakes();
  }

  /** From now on nothing that is sent on the open connections arrives; new ones work. */
  void forgetConnections() {
    relay.forgetConnections();
  }

  @Override
  public void close() {
    relay.close();
  }

  private static boolean isWatch(RequestHead head) {
    return head.line().contains("watch=true");
  }

  private static boolean asksForUpgrade(RequestHead head) {
    return head.header("Upgrade") != null;
  }

  private final class Http implements Relay.Talk {
    @Override
    public void ask(InputStream client, OutputStream server) throws IOException {
      InputStream in = new BufferedInputStream(client);
      for (RequestHead head = RequestHead.read(in); head != null; head = RequestHead.read(in)) {
        requests.add(head);
        if (isWatch(head)) {
          hesitate();
        }
        server.write(passed(head));
        if (!dropsUpgrade && asksForUpgrade(head)) {
          Relay.Talk.super.ask(in, server);
        }
      }
    }

    private void hesitate() throws IOException {
      try {
        TimeUnit.NANOSECONDS.sleep(delay.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("closed");
      }
    }

    private byte[] passed(RequestHead head) {
      return dropsUpgrade
          ? head.text()
              .replaceAll("(?i)\r\n(Upgrade|Connection|Sec-WebSocket-[a-z]+):[^\r]*", "")
              .getBytes(StandardCharsets.ISO_8859_1)
          : head.bytes();
    }
  }
}
