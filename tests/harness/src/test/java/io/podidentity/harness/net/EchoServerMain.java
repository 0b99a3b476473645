package io.podidentity.harness.net;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Answers each request with its name and the address that the request came from. */
final class EchoServerMain {

  private EchoServerMain() {}

  /** Arguments: name, address, port. */
  public static void main(String[] args) throws IOException {
    InetAddress address = InetAddress.getByName(args[1]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(address, Integer.parseInt(args[2])), 0);
    server.createContext(
        "/",
        exchange -> {
          String from = exchange.getRemoteAddress().getAddress().getHostAddress();
          byte[] body = (args[0] + " saw " + from).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    System.out.println("listening");
  }
}
