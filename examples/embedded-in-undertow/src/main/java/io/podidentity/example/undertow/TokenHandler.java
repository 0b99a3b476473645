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
import io.undertow.util.SameThreadExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
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
    if (!isTheCallersOwn(exchange.getRequestHeaders())) {
      exchange.getResponseHeaders().put(REASON, ErrorReason.INVALID_REQUEST.code());
      exchange.setStatusCode(400);
      exchange.endExchange();
      return;
    }
    // The exchange stays open after this method, and no thread waits for its answer.
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () -> {
          CompletableFuture<TokenGrant> asked = ask(exchange);
          // Whoever hangs up is given up.
          exchange.addExchangeCompleteListener(
              (done, next) -> {
                asked.cancel(false);
                next.proceed();
              });
          var unused = asked.whenComplete((grant, error) -> answer(exchange, grant, error));
        });
  }

  /** Not a browser's page, nor a proxy, whose address would be taken for the caller's. */
  private static boolean isTheCallersOwn(HeaderMap headers) {
    return "true".equals(headers.getFirst(METADATA))
        && !headers.contains(Headers.X_FORWARDED_FOR)
        && !headers.contains(Headers.FORWARDED)
        && !headers.contains(Headers.VIA);
  }

  // end

  private CompletableFuture<TokenGrant> ask(HttpServerExchange exchange) {
    try {
      Deque<String> resource =
          exchange.getQueryParameters().getOrDefault("resource", new ArrayDeque<>());
      return broker.request(
          new TokenRequest(
              new Caller.ByAddress(exchange.getSourceAddress().getAddress()),
              IdentityChoice.ANY,
              resource.isEmpty() ? "" : resource.getFirst()));
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
      exchange.getResponseHeaders().put(REASON, refusal.reason().code());
      exchange.setStatusCode(refusal.reason().isTransient() ? 503 : 403);
    } else {
      exchange.setStatusCode(500);
    }
    exchange.endExchange();
  }
}
