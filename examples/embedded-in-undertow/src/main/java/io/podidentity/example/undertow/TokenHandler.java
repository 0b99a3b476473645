package io.podidentity.example.undertow;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET ?resource=}, with {@code Metadata: true}: the caller's token as plain text, or a
 * status and a reason.
 */
final class TokenHandler implements HttpHandler {
  private static final HttpString METADATA = new HttpString("Metadata");
  private static final HttpString REASON = new HttpString("X-Refused-Because");

  private final EmbeddedBroker broker;

  TokenHandler(EmbeddedBroker broker) {
    this.broker = broker;
  }

  // snippet: handler
  @Override
  public void handleRequest(HttpServerExchange exchange) {
    if (!exchange.getRequestMethod().equals(Methods.GET)) {
      refuse(exchange, 405, ErrorReason.INVALID_REQUEST);
      return;
    }
    String resource = onlyResource(exchange);
    if (!isTheCallersOwn(exchange.getRequestHeaders()) || resource == null) {
      refuse(exchange, 400, ErrorReason.INVALID_REQUEST);
      return;
    }
    // The exchange stays open after this method, and no thread waits for its answer.
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () -> {
          var unused =
              ask(exchange, resource)
                  .whenComplete((grant, error) -> answer(exchange, grant, error));
        });
  }

  /** Not a browser's page, nor a proxy, whose address would be taken for the caller's. */
  private static boolean isTheCallersOwn(HeaderMap headers) {
    return "true".equals(headers.getFirst(METADATA))
        && !headers.contains(Headers.X_FORWARDED_FOR)
        && !headers.contains(Headers.FORWARDED)
        && !headers.contains(Headers.VIA);
  }

  /** Null if more is named: to pass over that could end in another identity's token. */
  private static @Nullable String onlyResource(HttpServerExchange exchange) {
    Map<String, Deque<String>> query = exchange.getQueryParameters();
    Deque<String> resource = query.getOrDefault("resource", new ArrayDeque<>());
    return query.size() == 1 && resource.size() == 1 && exchange.getPathParameters().isEmpty()
        ? resource.getFirst()
        : null;
  }

  // end

  private CompletableFuture<TokenGrant> ask(HttpServerExchange exchange, String resource) {
    try {
      return broker.request(
          new TokenRequest(
              new Caller.ByAddress(exchange.getSourceAddress().getAddress()),
              IdentityChoice.ANY,
              resource));
    } catch (PodIdentityException malformed) {
      return CompletableFuture.failedFuture(malformed);
    }
  }

  private static void answer(
      HttpServerExchange exchange, @Nullable TokenGrant grant, @Nullable Throwable error) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    if (grant != null) {
      AccessToken token = grant.tokens().get(0);
      exchange.getResponseSender().send(token.value());
      return;
    }
    if (error instanceof PodIdentityException refusal) {
      refuse(exchange, status(refusal.reason()), refusal.reason());
    } else {
      exchange.setStatusCode(500);
      exchange.endExchange();
    }
  }

  private static int status(ErrorReason reason) {
    return reason == ErrorReason.INVALID_REQUEST ? 400 : reason.isTransient() ? 503 : 403;
  }

  private static void refuse(HttpServerExchange exchange, int status, ErrorReason reason) {
    exchange.getResponseHeaders().put(REASON, reason.code());
    exchange.setStatusCode(status);
    exchange.endExchange();
  }
}
