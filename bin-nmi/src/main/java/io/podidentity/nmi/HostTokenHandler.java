package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenRequest;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.time.Clock;

/**
 * {@code /host/token/}: a node component, such as a CSI driver, asks in the name of a pod. Only
 * from the node's own 127.0.0.1; no {@code Metadata} header is needed.
 */
final class HostTokenHandler implements HttpHandler {
  private static final HttpString POD_NAME = new HttpString("podname");
  private static final HttpString POD_NAMESPACE = new HttpString("podns");

  private final TokenBroker broker;
  private final ErrorResponses errors;
  private final AccessLog accessLog;
  private final Clock clock;

  HostTokenHandler(TokenBroker broker, ErrorResponses errors, AccessLog accessLog, Clock clock) {
    this.broker = broker;
    this.errors = errors;
    this.accessLog = accessLog;
    this.clock = clock;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Handled handled = new Handled(exchange, clock, accessLog, TokenJson::ofHost, errors::toHost);
    InetAddress source = Exchanges.source(exchange);
    if (source == null || !Exchanges.isNodeItself(source)) {
      // Also for a pod whose connection was redirected: it keeps the pod's address.
      Refusal refusal =
          new Refusal(500, "not-from-host", "request remote address is not from a host");
      Exchanges.send(exchange, handled.refused(refusal));
      return;
    }
    try {
      Later.send(exchange, broker.request(read(exchange)), handled);
    } catch (PodIdentityException e) {
      Exchanges.send(exchange, handled.refused(errors.toHost(e)));
    }
  }

  private static TokenRequest read(HttpServerExchange exchange) {
    Exchanges.refuseForwarded(exchange);
    String name = Exchanges.header(exchange, POD_NAME);
    String namespace = Exchanges.header(exchange, POD_NAMESPACE);
    if (name.isEmpty() || namespace.isEmpty()) {
      throw new PodIdentityException(
          ErrorReason.INVALID_REQUEST, "missing 'podname' and 'podns' from request header");
    }
    QueryParameters query = QueryParameters.parse(exchange.getQueryString());
    return new TokenRequest(
        new Caller.OnBehalfOf(new NamespacedName(namespace, name)),
        TokenHandler.choice(query),
        query.get("resource"));
  }
}
