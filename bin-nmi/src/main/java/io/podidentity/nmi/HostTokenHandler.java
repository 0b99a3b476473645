package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * {@code /host/token/}: a node component, such as a CSI driver, asks in the name of a pod. Only
 * from the node's own 127.0.0.1; no {@code Metadata} header is needed. Any process on the node's
 * network can be that component, pods with {@code hostNetwork} included, so each request is written
 * to the audit log, and a flag switches the endpoint off.
 */
final class HostTokenHandler implements HttpHandler {
  static final HttpString POD_NAME = new HttpString("podname");
  static final HttpString POD_NAMESPACE = new HttpString("podns");

  private static final Refusal DISABLED =
      RefusalCause.HOST_TOKEN_DISABLED.refusal("/host/token is switched off on this node");
  private static final Refusal NAMES_NO_POD =
      new Refusal(
          400,
          RefusalCause.INVALID_REQUEST,
          "missing 'podname' and 'podns' from request header",
          null);
  private static final Refusal NAMES_CANNOT_BE =
      new Refusal(
          400,
          RefusalCause.INVALID_REQUEST,
          "invalid 'podname' or 'podns' in request header",
          null);
  private static final Refusal NOT_FROM_HOST =
      RefusalCause.NOT_FROM_HOST.refusal("request remote address is not from a host");
  static final Refusal NOT_AUDITED =
      RefusalCause.AUDIT_BUSY.refusal("the audit log cannot keep up; try again", 1L);

  private final TokenBroker broker;
  private final ErrorResponses errors;
  private final boolean enabled;
  private final PodNamespaces namespaces;
  private final Journal journal;
  private final AccessLog auditLog;
  private final Clock clock;

  HostTokenHandler(
      TokenBroker broker,
      ErrorResponses errors,
      boolean enabled,
      PodNamespaces namespaces,
      Journal journal,
      AccessLog auditLog,
      Clock clock) {
    this.broker = broker;
    this.errors = errors;
    this.enabled = enabled;
    this.namespaces = namespaces;
    this.journal = journal;
    this.auditLog = auditLog;
    this.clock = clock;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Handled handled = new Handled(exchange, clock, journal, TokenJson::ofHost, errors::toHost);
    Refusal refusal = check(exchange);
    if (refusal != null) {
      Exchanges.send(exchange, audited(exchange, handled.refused(refusal)));
      return;
    }
    try {
      NamespacedName pod = pod(exchange);
      TokenRequest request = read(exchange, pod);
      handled.asks(request, namespaces);
      Later.send(
          exchange,
          broker.request(request),
          (grant, error) -> answer(exchange, handled, request.resource(), grant, error));
    } catch (PodIdentityException e) {
      Exchanges.send(exchange, audited(exchange, handled.refused(errors.toHost(e))));
    }
  }

  /** In v1's order, but for what v1 does not check: first and last. */
  private @Nullable Refusal check(HttpServerExchange exchange) {
    if (!enabled) {
      return DISABLED;
    }
    if (Exchanges.header(exchange, POD_NAME).isEmpty()
        || Exchanges.header(exchange, POD_NAMESPACE).isEmpty()) {
      return NAMES_NO_POD;
    }
    if (!PodNames.isNamespace(Exchanges.header(exchange, POD_NAMESPACE))
        || !PodNames.isPod(Exchanges.header(exchange, POD_NAME))) {
      return NAMES_CANNOT_BE;
    }
    InetAddress source = Exchanges.source(exchange);
    if (source == null
        || !Exchanges.isNodeItself(source)
        || !Exchanges.isNodeItself(exchange.getDestinationAddress().getAddress())) {
      // Also for a pod whose connection was redirected: it keeps the pod's address.
      return NOT_FROM_HOST;
    }
    return Exchanges.isForwarded(exchange) ? Exchanges.FORWARDED : null;
  }

  /** A token that cannot be audited is not given. */
  private Answer answer(
      HttpServerExchange exchange,
      Handled handled,
      String resource,
      @Nullable TokenGrant grant,
      @Nullable Throwable error) {
    if (grant == null) {
      return audited(exchange, handled.apply(null, error));
    }
    return auditLog.add(AuditLine.granted(exchange, grant, resource))
        ? handled.apply(grant, null)
        : handled.refused(NOT_AUDITED);
  }

  private Answer audited(HttpServerExchange exchange, Answer refused) {
    auditLog.add(AuditLine.refused(exchange, refused));
    return refused;
  }

  private static NamespacedName pod(HttpServerExchange exchange) {
    return new NamespacedName(
        Exchanges.header(exchange, POD_NAMESPACE), Exchanges.header(exchange, POD_NAME));
  }

  private static TokenRequest read(HttpServerExchange exchange, NamespacedName pod) {
    QueryParameters query = QueryParameters.parse(exchange.getQueryString());
    return new TokenRequest(
        new Caller.OnBehalfOf(pod), TokenHandler.choice(query), query.get("resource"));
  }
}
