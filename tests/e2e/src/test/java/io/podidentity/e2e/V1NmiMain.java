package io.podidentity.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plays v1's NMI as far as a pod sees it whose identity is assigned: it listens where v1 listens,
 * and asks the metadata service from the node, by the client ID of the pod's one identity. Its
 * argument is that client ID.
 */
public final class V1NmiMain {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final List<String> MEMBERS =
      List.of(
          "access_token",
          "refresh_token",
          "expires_in",
          "expires_on",
          "not_before",
          "resource",
          "token_type");

  private V1NmiMain() {}

  /** Serves until it is ended. */
  public static void main(String[] arguments) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2579);
    HttpServer server = HttpServer.create(address, 0);
    server.createContext(
        "/metadata/identity/oauth2/token", exchange -> answer(exchange, arguments[0]));
    server.start();
    System.out.println("listening");
  }

  private static void answer(HttpExchange exchange, String clientId) throws IOException {
    URI asked = exchange.getRequestURI();
    URI uri = URI.create("http://169.254.169.254" + asked + "&client_id=" + clientId);
    try (exchange) {
      HttpResponse<String> answer =
          CLIENT.send(
              HttpRequest.newBuilder(uri).header("Metadata", "true").build(),
              BodyHandlers.ofString());
      byte[] body = asV1(answer.body()).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The seven members that v1 passes on, in its order; what is no token stays as it is. */
  private static String asV1(String answer) {
    JsonNode all = JsonMapper.shared().readTree(answer);
    if (!all.has("access_token")) {
      return answer;
    }
    ObjectNode token = JsonMapper.shared().createObjectNode();
    for (String member : MEMBERS) {
      token.put(member, all.path(member).asString(""));
    }
    return token.toString();
  }
}
