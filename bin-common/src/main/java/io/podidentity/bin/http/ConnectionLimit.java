package io.podidentity.bin.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * Lets connections in, up to a number for each address and a number for all. One address has half
 * of what is free at most, and the first few of each are let in beyond the number for all: however
 * many some pods open, the others are served. Those of the node itself are always let in, as the
 * kubelet's probes are: many pods together could have all places else. What is too many is closed
 * before anything is read from it. Thread-safe.
 */
final class ConnectionLimit implements ChannelListener<StreamConnection> {
  /** Let in for each address even if the others have all; up to half as many again in all. */
  private static final int RESERVED = 8;

  private final ChannelListener<StreamConnection> next;
  private final int perSource;
  private final int all;
  private final ConcurrentHashMap<InetAddress, Integer> open = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  ConnectionLimit(ChannelListener<StreamConnection> next, int perSource, int all) {
    this.next = next;
    this.perSource = perSource;
    this.all = all;
  }

  @Override
  public void handleEvent(StreamConnection connection) {
    InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
    if (peer == null || peer.getAddress() == null || !enter(peer.getAddress(), connection)) {
      IoUtils.safeClose(connection);
      return;
    }
    next.handleEvent(connection);
    leaveAtClose(connection, peer.getAddress());
  }

  /** How many connections there are. */
  int count() {
    return count.get();
  }

  private boolean enter(InetAddress source, StreamConnection connection) {
    int free = all - count.getAndIncrement();
    int ofSource = open.merge(source, 1, Integer::sum);
    boolean fits =
        ofSource <= RESERVED
            ? free > -all / 2 || isOfThisNode(source, connection)
            : free > 0 && ofSource <= Math.min(perSource, free / 2);
    if (!fits) {
      leave(source);
      return false;
    }
    return true;
  }

  /**
   * Who asks an address of the node from the node has that address too. No pod with an address of
   * its own can.
   */
  private static boolean isOfThisNode(InetAddress source, StreamConnection connection) {
    InetSocketAddress local = connection.getLocalAddress(InetSocketAddress.class);
    return local != null && source.equals(local.getAddress());
  }

  private void leaveAtClose(StreamConnection connection, InetAddress source) {
    AtomicBoolean left = new AtomicBoolean();
    Runnable leaveOnce =
        () -> {
          if (left.compareAndSet(false, true)) {
            leave(source);
          }
        };
    // There is one place for a listener, and Undertow's is in it.
    ChannelListener<? super StreamConnection> undertows = connection.getCloseListener();
    connection.setCloseListener(
        closed -> {
          leaveOnce.run();
          ChannelListeners.invokeChannelListener(closed, undertows);
        });
    if (!connection.isOpen()) {
      leaveOnce.run();
    }
  }

  private void leave(InetAddress source) {
    open.computeIfPresent(source, (address, number) -> number == 1 ? null : number - 1);
    count.decrementAndGet();
  }
}
