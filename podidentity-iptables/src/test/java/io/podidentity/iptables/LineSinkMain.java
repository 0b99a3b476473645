package io.podidentity.iptables;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** Prints each line that comes over a connection, and from where; run in a namespace. */
final class LineSinkMain {
  private LineSinkMain() {}

  /** Starts one and waits until it listens. */
  static ManagedProcess start(NetworkNamespace namespace, String address, int port) {
    ManagedProcess sink =
        namespace
            .inside(JavaProgram.of(LineSinkMain.class, address, Integer.toString(port)))
            .start("sink");
    sink.awaitLine(Pattern.compile("^listening$"), Duration.ofSeconds(60));
    return sink;
  }

  public static void main(String[] arguments) throws IOException {
    InetAddress address = InetAddress.getByName(arguments[0]);
    try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]), 50, address)) {
      System.out.println("listening");
      while (true) {
        Socket client = server.accept();
        Thread thread = new Thread(() -> print(client));
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static void print(Socket client) {
    String source = client.getInetAddress().getHostAddress();
    try (client) {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(source + " said " + line);
      }
    } catch (IOException e) {
      System.out.println("lost " + source);
    }
  }
}
