package io.podidentity.example.custom;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Answers as the instance metadata service does; who asks is told by the connection's source. */
final class TokenEndpoint implements HttpHandler {
  private final EmbeddedBroker broker;
  private final Clock clock;

  TokenEndpoint(EmbeddedBroker broker, Clock clock) {
    this.broker = broker;
    this.clock = clock;
  }

  // snippet: endpoint
  @Override
  public void handle(HttpExchange exchange) {
    if (!"true".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Metadata"))) {
      // Without it, a page in a browser could ask.
      answer(exchange, 400, error("invalid_request", "the header Metadata: true is missing"));
      return;
    }
    // No thread waits: what completes the future writes the answer.
    var unused =
        ask(exchange)
            .whenComplete(
                (grant, error) -> {
                  if (grant != null) {
                    answer(exchange, 200, body(grant.tokens().get(0)));
                  } else {
                    refuse(exchange, error);
                  }
                });
  }

  private CompletableFuture<TokenGrant> ask(HttpExchange exchange) {
    try {
      return broker.request(request(exchange));
    } catch (PodIdentityException malformed) {
      return CompletableFuture.failedFuture(malformed);
    }
  }

  private static void refuse(HttpExchange exchange, Throwable error) {
    if (error instanceof PodIdentityException refusal) {
      // Clients try again after 503 and not after 403.
      int status = refusal.reason().isTransient() ? 503 : 403;
      answer(exchange, status, error(refusal.reason().code(), text(refusal)));
    } else {
      answer(exchange, 500, error("internal", "see the log"));
    }
  }

  // end

  private static TokenRequest request(HttpExchange exchange) {
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String clientId = query.get("client_id");
    return new TokenRequest(
        new Caller.ByAddress(exchange.getRemoteAddress().getAddress()),
        new IdentityChoice(clientId == null ? null : new ClientId(clientId), null),
        query.getOrDefault("resource", ""));
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> found = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
      int sign = pair.indexOf('=');
      if (sign > 0) {
        String value = URLDecoder.decode(pair.substring(sign + 1), StandardCharsets.UTF_8);
        found.putIfAbsent(pair.substring(0, sign), value);
      }
    }
    return found;
  }

  private Map<String, String> body(AccessToken token) {
    long left = token.expiresOn().getEpochSecond() - clock.instant().getEpochSecond();
    return Map.of(
        "access_token", token.value(),
        "expires_in", String.valueOf(left),
        "expires_on", String.valueOf(token.expiresOn().getEpochSecond()),
        "not_before", String.valueOf(token.notBefore().getEpochSecond()),
        "resource", token.resource(),
        "token_type", "Bearer");
  }

  private static String text(PodIdentityException e) {
    String message = e.getMessage();
    return message == null ? "" : message;
  }

  private static Map<String, String> error(String code, String description) {
    return Map.of("error", code, "error_description", description);
  }

  private static void answer(HttpExchange exchange, int status, Map<String, String> body) {
    byte[] bytes = JsonMapper.shared().writeValueAsBytes(body);
    try {
      exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException gone) {
      // The client hung up; its answer is nobody's business.
    } finally {
      exchange.close();
    }
  }
}
