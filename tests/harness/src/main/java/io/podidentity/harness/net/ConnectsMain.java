package io.podidentity.harness.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** The program of {@link Connects}; see there. */
final class ConnectsMain {
  private static final long EVERY = 5_000_000;
  private static final long TELL_GAPS = 10_000_000;
  private static final long TELL_TOTAL = 100_000_000;

  /** Before the kernel tries again: each try is one packet of its own moment. */
  private static final long GIVE_UP = 500_000_000;

  private record Attempt(SocketChannel channel, long begun) {}

  private final InetSocketAddress to;
  private final Selector selector = Selector.open();
  private final Deque<Attempt> oldestFirst = new ArrayDeque<>();
  private long total;
  private long last;

  private ConnectsMain(InetSocketAddress to) throws IOException {
    this.to = to;
  }

  public static void main(String[] arguments) throws IOException {
    new ConnectsMain(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]))).run();
  }

  private void run() throws IOException {
    long next = System.nanoTime();
    long nextTotal = next;
    while (true) {
      long now = System.nanoTime();
      if (now - next >= 0) {
        begin(now);
        // One that was late is not made up for.
        next = Math.max(next + EVERY, now);
      }
      if (now - nextTotal >= 0) {
        System.out.println("connected=" + total);
        nextTotal = now + TELL_TOTAL;
      }
      selector.select(this::end, Math.max(1, (next - now) / 1_000_000));
      giveUp(System.nanoTime());
    }
  }

  private void begin(long now) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    // Without it their ports would be used up: they are reset, and do not linger.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    try {
      channel.connect(to);
      channel.register(selector, SelectionKey.OP_CONNECT);
      oldestFirst.add(new Attempt(channel, now));
    } catch (IOException e) {
      channel.close();
    }
  }

  private void end(SelectionKey key) {
    try (SocketChannel channel = (SocketChannel) key.channel()) {
      channel.finishConnect();
      came(System.nanoTime());
    } catch (IOException e) {
      // Refused, or unreachable.
    }
  }

  private void came(long now) {
    if (total > 0 && now - last >= TELL_GAPS) {
      System.out.println("gap=" + (now - last) + " ended=" + now);
    }
    total++;
    last = now;
  }

  private void giveUp(long now) throws IOException {
    while (!oldestFirst.isEmpty()
        && (!oldestFirst.peek().channel().isOpen() || now - oldestFirst.peek().begun() > GIVE_UP)) {
      oldestFirst.poll().channel().close();
    }
  }
}
