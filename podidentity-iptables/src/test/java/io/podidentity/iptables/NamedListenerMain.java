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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Answers every HTTP request with its own name and the address that asked, and the headers that it
 * is given; run in a namespace.
 */
final class NamedListenerMain {
  private NamedListenerMain() {}

  /** Starts one and waits until it listens. */
  static ManagedProcess start(
      NetworkNamespace namespace, String name, String address, int port, String... headers) {
    List<String> arguments = new ArrayList<>(List.of(name, address, Integer.toString(port)));
    arguments.addAll(List.of(headers));
    ManagedProcess listener =
        namespace
            .inside(JavaProgram.of(NamedListenerMain.class, arguments.toArray(String[]::new)))
            .start(name);
    listener.awaitLine(Pattern.compile("^listening$"), Duration.ofSeconds(60));
    return listener;
  }

  public static void main(String[] arguments) throws IOException {
    InetAddress address = InetAddress.getByName(arguments[1]);
    try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[2]), 50, address)) {
      System.out.println("listening");
      while (true) {
        try (Socket client = server.accept()) {
          answer(client, List.of(arguments));
        } catch (IOException e) {
          System.out.println("lost a client: " + e.getMessage());
        }
      }
    }
  }

  private static void answer(Socket client, List<String> arguments) throws IOException {
    BufferedReader request =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    String line = request.readLine();
    while (line != null && !line.isEmpty()) {
      line = request.readLine();
    }
    String body = arguments.get(0) + " saw " + client.getInetAddress().getHostAddress();
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nConnection: close\r\n");
    arguments.stream().skip(3).forEach(header -> head.append(header).append("\r\n"));
    head.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
    client.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
