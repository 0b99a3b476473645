package io.podidentity.iptables;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers every HTTP request with its own name and the address that asked; run in a namespace. */
final class NamedListenerMain {
  private NamedListenerMain() {}

  public static void main(String[] arguments) throws IOException {
    InetAddress address = InetAddress.getByName(arguments[1]);
    try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[2]), 50, address)) {
      System.out.println("listening");
      while (true) {
        try (Socket client = server.accept()) {
          answer(client, arguments[0]);
        } catch (IOException e) {
          System.out.println("lost a client: " + e.getMessage());
        }
      }
    }
  }

  private static void answer(Socket client, String name) throws IOException {
    BufferedReader request =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    String line = request.readLine();
    while (line != null && !line.isEmpty()) {
      line = request.readLine();
    }
    String body = name + " saw " + client.getInetAddress().getHostAddress();
    String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ";
    client
        .getOutputStream()
        .write((head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
  }
}
