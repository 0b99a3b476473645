package io.podidentity.harness.net;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.function.Consumer;

/** A client's connection to a {@link Relay} and the one that goes on from there, as one. */
final class RelayedConnection {
  private interface Direction {
    void passOn() throws IOException;
  }

  private final Socket client;
  private final Socket server;
  private final Relay.Talk talk;
  private final Consumer<Boolean> said;
  private volatile boolean forgotten;

  /**
   * A connection whose two directions have not begun.
   *
   * @param said is told of each piece that goes to the server whether it is lost
   */
  RelayedConnection(Socket client, Socket server, Relay.Talk talk, Consumer<Boolean> said) {
    this.client = client;
    this.server = server;
    this.talk = talk;
    this.said = said;
  }

  /** From now on nothing passes, not even its end. */
  void forget() {
    forgotten = true;
  }

  /** Passes on what the client says, until one side ends. */
  void requests() {
    run(() -> talk.ask(client.getInputStream(), new ToServer(server.getOutputStream())));
  }

  /** Passes on what the server says, until one side ends. */
  void answers() {
    run(
        () -> {
          byte[] buffer = new byte[Relay.PIECE];
          InputStream in = server.getInputStream();
          OutputStream out = client.getOutputStream();
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            byte[] heard = talk.hear(Arrays.copyOf(buffer, read));
            if (!forgotten) {
              out.write(heard);
            }
          }
        });
  }

  private void run(Direction direction) {
    try {
      direction.passOn();
    } catch (IOException e) {
      // Ended by one side, or cut.
    }
    if (!forgotten) {
      cut();
    }
  }

  /** Ends it on both sides. */
  void cut() {
    Relay.closeQuietly(client);
    Relay.closeQuietly(server);
  }

  private final class ToServer extends FilterOutputStream {
    ToServer(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      boolean lost = forgotten;
      said.accept(lost);
      if (!lost) {
        out.write(bytes, from, length);
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }
  }
}
