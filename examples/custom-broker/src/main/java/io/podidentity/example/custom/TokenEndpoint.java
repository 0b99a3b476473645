package io.podidentity.example.custom;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.token.TokenGrant;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import tools.jackson.databind.json.JsonMapper;

/** Answers as the instance metadata service does; who asks is told by the connection's source. */
final class TokenEndpoint implements HttpHandler {
  static final String PATH = "/metadata/identity/oauth2/token";

  /**
   * MSAL4J doubles the slash in front. Compared as it was sent: what stands after two slashes is a
   * host to a {@link java.net.URI}, and no part of its path.
   */
  private static final Set<String> PATHS = Set.of(PATH, "/" + PATH);

  private final EmbeddedBroker broker;
  private final Clock clock;
  private final Executor threads;

  /**
   * An endpoint over a broker.
   *
   * @param threads where answers are written
   */
  TokenEndpoint(EmbeddedBroker broker, Clock clock, Executor threads) {
    this.broker = broker;
    this.clock = clock;
    this.threads = threads;
  }

  // snippet: endpoint
  @Override
  public void handle(HttpExchange exchange) {
    if (!PATHS.contains(exchange.getRequestURI().toString().split("\\?", 2)[0])) {
      answer(exchange, 404, error("not-found", "tokens are at " + PATH));
      return;
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      answer(exchange, 405, error("invalid-request", "tokens are asked for with GET"));
      return;
    }
    // No thread waits. The answer is written on a thread of the server's: a client that does not
    // read its answer must not hold up the broker, whose thread completes the future.
    var unused =
        ask(exchange)
            .whenCompleteAsync(
                (grant, error) -> {
                  if (grant != null) {
                    answer(exchange, 200, body(grant.tokens().get(0)));
                  } else {
                    refuse(exchange, error);
                  }
                },
                threads);
  }

  private CompletableFuture<TokenGrant> ask(HttpExchange exchange) {
    try {
      return broker.request(WireRequest.of(exchange));
    } catch (PodIdentityException malformed) {
      return CompletableFuture.failedFuture(malformed);
    }
  }

  private static void refuse(HttpExchange exchange, Throwable error) {
    if (error instanceof PodIdentityException refusal) {
      refusal
          .retryAfter()
          .map(wait -> String.valueOf(Math.max(1, wait.toSeconds())))
          .ifPresent(wait -> exchange.getResponseHeaders().set("Retry-After", wait));
      answer(exchange, status(refusal.reason()), error(refusal.reason().code(), text(refusal)));
    } else {
      answer(exchange, 500, error("internal", "see the log"));
    }
  }

  /** Clients try again after 429 and 503, and not after 400 and 403. */
  private static int status(ErrorReason reason) {
    return switch (reason) {
      case INVALID_REQUEST -> 400;
      // The file does not change: who is not in it now never is.
      case POD_NOT_FOUND, POD_AMBIGUOUS, IDENTITY_NOT_ALLOWED -> 403;
      case TOKEN_THROTTLED -> 429;
      default -> reason.isTransient() ? 503 : 403;
    };
  }

  // end

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
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException gone) {
      // The client hung up; its answer is nobody's business.
    } finally {
      exchange.close();
    }
  }
}
