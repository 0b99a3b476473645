package io.podidentity.nmi;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;

/**
 * Ends an exchange whose answer is sent. A body that nobody has read is skipped if all of it is
 * there. Undertow would wait for the rest of it; here the connection ends, as {@link HangUp} has it
 * for requests that wait.
 */
final class EndExchange implements IoCallback {
  static final EndExchange INSTANCE = new EndExchange();

  private EndExchange() {}

  @Override
  public void onComplete(HttpServerExchange exchange, Sender sender) {
    exchange.endExchange();
    if (!exchange.isRequestComplete()) {
      exchange.setPersistent(false);
      Connectors.terminateRequest(exchange);
      exchange.endExchange();
    }
  }

  @Override
  public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
    END_EXCHANGE.onException(exchange, sender, exception);
  }
}
