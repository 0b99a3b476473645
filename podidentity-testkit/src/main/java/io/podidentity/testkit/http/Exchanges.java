package io.podidentity.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Reads requests from, and writes replies to, the JDK's server. */
final class Exchanges {
  /** Far above anything a client of Azure sends here; more is an error of the test. */
  private static final int MAX_BODY = 4 * 1024 * 1024;

  private Exchanges() {}

  static RecordedRequest read(HttpExchange exchange, long number, Instant at) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
    // From the text: URI reads "//a/b" as host "a" and path "/b".
    String target = exchange.getRequestURI().toString();
    int question = target.indexOf('?');
    return new RecordedRequest(
        number,
        at,
        exchange.getRemoteAddress().getAddress().getHostAddress(),
        exchange.getRequestMethod(),
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        exchange.getRequestHeaders(),
        new String(body, StandardCharsets.UTF_8));
  }

  static void write(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(reply.status(), head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
    exchange.close();
  }

  /** Announces the whole body, sends the first half, and ends the connection. */
  static void writeHalf(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(reply.status(), Math.max(body.length, 2));
    exchange.getResponseBody().write(body, 0, body.length / 2);
    exchange.getResponseBody().flush();
    exchange.close();
  }
}
