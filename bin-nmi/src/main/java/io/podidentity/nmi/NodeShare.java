package io.podidentity.nmi;

import io.podidentity.bin.Daemons;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A share in the rules of a node, which each NMI there has: whoever removes them has to be the only
 * one. Two NMIs of one DaemonSet know whether it is deleted; those of two DaemonSets, as on the way
 * from one to the other, do not know of each other.
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

  /** For a removal; most take less. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration RETRY = Duration.ofMillis(20);

  /** A removal whose programs wait for a lock takes as long as they do. */
  private static final Duration LATER_RETRY = Duration.ofMillis(200);

  private final int port;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object lock = new Object();
  private @Nullable DatagramChannel channel;

  private NodeShare(int port) {
    this.port = port;
  }

  /**
   * Takes a share. Waits a little for another NMI that is removing the rules; if it is slow, this
   * returns without a share, and goes on trying until it has one or is closed.
   *
   * @param write writes the rules; done before it waits, if it has to, and again, on another
   *     thread, once it has a share that it did not have when this returned
   */
  static NodeShare take(Runnable write) {
    return take(PORT, PATIENCE, write);
  }

  /** The same at another port, and with another patience. */
  static NodeShare take(int port, Duration patience, Runnable write) {
    NodeShare share = new NodeShare(port);
    long begun = System.nanoTime();
    @Nullable IOException refusal = share.attempt();
    if (refusal == null) {
      return share;
    }
    write.run();
    while (refusal instanceof BindException
        && System.nanoTime() - begun < patience.toNanos()
        && share.pause(RETRY)) {
      refusal = share.attempt();
    }
    if (refusal != null) {
      log.warn(
          "another NMI that ends cannot see this one, and may remove the rules, until UDP port {}"
              + " of 127.0.0.1 can be had",
          port,
          refusal);
      Daemons.named("share").newThread(() -> share.keepTrying(write)).start();
    }
    return share;
  }

  /** Null if it has a share now. */
  private @Nullable IOException attempt() {
    synchronized (lock) {
      try {
        channel = bind(port, true);
        return null;
      } catch (IOException e) {
        return e;
      }
    }
  }

  /** False, maybe sooner, if there is nothing more to wait for. */
  private boolean pause(Duration time) {
    try {
      return !closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void keepTrying(Runnable write) {
    while (pause(LATER_RETRY)) {
      // Held while it writes, so that what is removed after a close is not written again.
      synchronized (lock) {
        if (closed.getCount() > 0 && attempt() == null) {
          log.info("another NMI that ends sees this one now");
          write.run();
          return;
        }
      }
    }
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

  /** Gives the share back. Waits while the rules are written, as {@link #take} says. */
  @Override
  public void close() {
    closed.countDown();
    synchronized (lock) {
      if (channel == null) {
        return;
      }
      try {
        channel.close();
      } catch (IOException e) {
        log.debug("closing the share in the node's rules", e);
      }
    }
  }
}
