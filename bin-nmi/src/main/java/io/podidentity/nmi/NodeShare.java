package io.podidentity.nmi;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A share in the rules of a node, which each NMI there has from before it writes them: whoever
 * removes them has to be the only one. Two NMIs of one DaemonSet know whether it is deleted; those
 * of two DaemonSets, as on the way from one to the other, do not know of each other.
 *
 * <p>The share is the UDP port {@value #PORT} of 127.0.0.1, with {@code SO_REUSEPORT}: the kernel
 * lets any number of root's processes have it so, or one alone without, and takes it back however
 * they end. It belongs to the same network namespace as the rules; a file would have to be mounted
 * into every pod of NMI. Nothing is read from it. Thread-safe.
 */
final class NodeShare implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeShare.class);

  private static final int PORT = 2579;

  /** Of the protocol "discard": what others send is not even kept. */
  private static final int NOBODY = 9;

  /** A removal takes less. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration RETRY = Duration.ofMillis(20);

  private final @Nullable DatagramChannel channel;

  private NodeShare(@Nullable DatagramChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes a share; waits a little for another NMI that is removing the rules.
   *
   * @param first done once before it waits, if it has to
   */
  static NodeShare take(Runnable first) {
    return take(PORT, first);
  }

  /** The same at another port. */
  static NodeShare take(int port, Runnable first) {
    long begun = System.nanoTime();
    boolean waits = false;
    while (true) {
      try {
        return new NodeShare(bind(port, true));
      } catch (BindException e) {
        if (System.nanoTime() - begun > PATIENCE.toNanos()) {
          return none(port, e);
        }
      } catch (IOException e) {
        return none(port, e);
      }
      if (!waits) {
        waits = true;
        first.run();
      }
      try {
        Thread.sleep(RETRY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new NodeShare(null);
      }
    }
  }

  private static NodeShare none(int port, IOException error) {
    log.warn(
        "another NMI that ends cannot see this one, and may remove the rules: UDP port {} of"
            + " 127.0.0.1 cannot be had",
        port,
        error);
    return new NodeShare(null);
  }

  /**
   * Does what only one may do that is alone; nobody can take a share meanwhile. The own one must be
   * closed before.
   *
   * @return false, and nothing is done, if anybody else has a share, or that cannot be told
   */
  static boolean doAlone(Runnable work) {
    return doAlone(PORT, work);
  }

  /** The same at another port. */
  static boolean doAlone(int port, Runnable work) {
    try (DatagramChannel unusedWhole = bind(port, false)) {
      work.run();
      return true;
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      log.warn("cannot tell whether another NMI is on this node", e);
      return false;
    }
  }

  private static DatagramChannel bind(int port, boolean shared) throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    boolean bound = false;
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEPORT, shared);
      channel.bind(new InetSocketAddress(loopback(), port));
      channel.connect(new InetSocketAddress(loopback(), NOBODY));
      bound = true;
      return channel;
    } finally {
      if (!bound) {
        channel.close();
      }
    }
  }

  private static InetAddress loopback() throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  /** Gives the share back. */
  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        log.debug("closing the share in the node's rules", e);
      }
    }
  }
}
