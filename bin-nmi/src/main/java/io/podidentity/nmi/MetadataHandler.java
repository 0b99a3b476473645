package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.LivePods;
import io.podidentity.api.spi.PodDirectory;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rest of the metadata service, such as {@code /metadata/instance}: passed on, for the node
 * itself and for its live pods. AAD Pod Identity v1 passes it on for anyone, with any method.
 */
final class MetadataHandler {
  private final PodDirectory pods;
  private final MetadataProxy proxy;
  private final ErrorResponses errors;
  private final boolean metadataHeaderRequired;

  MetadataHandler(
      PodDirectory pods,
      MetadataProxy proxy,
      ErrorResponses errors,
      boolean metadataHeaderRequired) {
    this.pods = pods;
    this.proxy = proxy;
    this.errors = errors;
    this.metadataHeaderRequired = metadataHeaderRequired;
  }

  /**
   * Passes a request on.
   *
   * @param path plain
   */
  void handle(HttpServerExchange exchange, String path) {
    if (metadataHeaderRequired && !Exchanges.hasMetadataHeader(exchange)) {
      Exchanges.send(exchange, Answer.withoutMetadataHeader());
      return;
    }
    if (!exchange.getRequestMethod().equals(Methods.GET)) {
      // A POST could approve a scheduled event of the node.
      exchange.getResponseHeaders().put(Headers.ALLOW, Methods.GET_STRING);
      Refusal refusal =
          new Refusal(405, "method-not-allowed", "only GET is passed on to the metadata service");
      Exchanges.send(exchange, refusal.answer());
      return;
    }
    try {
      check(exchange);
    } catch (PodIdentityException e) {
      Exchanges.send(exchange, errors.toPod(e).answer());
      return;
    }
    Later.send(
        exchange,
        proxy.get(path, exchange.getQueryString(), EndToEndHeaders.of(headers(exchange))),
        // It fails only when the client has hung up, and then nobody reads this.
        (answer, error) -> answer == null ? ErrorResponses.internal().answer() : answer);
  }

  private void check(HttpServerExchange exchange) {
    Exchanges.refuseForwarded(exchange);
    QueryParameters.parse(exchange.getQueryString());
    InetAddress source = Exchanges.source(exchange);
    if (source == null) {
      throw new PodIdentityException(ErrorReason.POD_NOT_FOUND, "request remote address is empty");
    }
    if (!Exchanges.isNodeItself(source)) {
      LivePods.owner(source, pods.byAddress(source));
    }
  }

  private static Map<String, List<String>> headers(HttpServerExchange exchange) {
    Map<String, List<String>> headers = new HashMap<>();
    for (HeaderValues values : exchange.getRequestHeaders()) {
      headers.put(values.getHeaderName().toString(), new ArrayList<>(values));
    }
    return headers;
  }
}
