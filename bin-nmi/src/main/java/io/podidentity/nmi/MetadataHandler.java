package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.LivePods;
import io.podidentity.api.spi.PodDirectory;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The rest of the metadata service, such as {@code /metadata/instance}: passed on, for the node
 * itself and for its live pods. AAD Pod Identity v1 passes it on for anyone, with any method.
 */
final class MetadataHandler {
  /** What IMDS takes in a request, such as the approval of an event, is far shorter. */
  private static final int MAX_BODY = 4 * 1024;

  private static final byte[] NO_BODY = {};

  private static final Refusal NOT_GET =
      RefusalCause.METHOD_NOT_ALLOWED.refusal("only GET is passed on to the metadata service");
  private static final Refusal TOO_LARGE =
      RefusalCause.BODY_TOO_LARGE.refusal("the body is longer than " + MAX_BODY + " bytes");

  private final PodDirectory pods;
  private final MetadataRequests requests;
  private final MetadataProxy proxy;
  private final ErrorResponses errors;
  private final Refuser refuser;
  private final boolean metadataHeaderRequired;
  private final boolean getOnly;

  MetadataHandler(
      PodDirectory pods,
      MetadataRequests requests,
      MetadataProxy proxy,
      ErrorResponses errors,
      Refuser refuser,
      NmiOptions.Http http) {
    this.pods = pods;
    this.requests = requests;
    this.proxy = proxy;
    this.errors = errors;
    this.refuser = refuser;
    this.metadataHeaderRequired = http.metadataHeaderRequired();
    this.getOnly = http.metadataGetOnly();
  }

  /**
   * Passes a request on.
   *
   * @param path plain
   */
  void handle(HttpServerExchange exchange, String path) {
    if (metadataHeaderRequired && !Exchanges.hasMetadataHeader(exchange)) {
      refuser.refuseWithoutHeader(exchange);
      return;
    }
    Refusal refusal = check(exchange);
    if (refusal != null) {
      refuser.refuse(exchange, refusal);
    } else if (exchange.getRequestMethod().equals(Methods.GET) || exchange.isRequestComplete()) {
      pass(exchange, path, NO_BODY);
    } else {
      Receiver receiver = exchange.getRequestReceiver();
      receiver.setMaxBufferSize(MAX_BODY);
      receiver.receiveFullBytes(
          (complete, body) -> pass(complete, path, body),
          (failed, problem) -> {
            failed.setPersistent(false);
            refuser.refuse(failed, TOO_LARGE);
          });
    }
  }

  private @Nullable Refusal check(HttpServerExchange exchange) {
    if (getOnly && !exchange.getRequestMethod().equals(Methods.GET)) {
      // A POST could approve a scheduled event of the node.
      exchange.getResponseHeaders().put(Headers.ALLOW, Methods.GET_STRING);
      return NOT_GET;
    }
    if (Exchanges.isForwarded(exchange)) {
      return Exchanges.FORWARDED;
    }
    try {
      QueryParameters.parse(exchange.getQueryString());
      checkSource(exchange);
      return null;
    } catch (PodIdentityException e) {
      return errors.toPod(e);
    }
  }

  private void checkSource(HttpServerExchange exchange) {
    InetAddress source = Exchanges.source(exchange);
    if (source == null) {
      throw new PodIdentityException(ErrorReason.POD_NOT_FOUND, "request remote address is empty");
    }
    if (!Exchanges.isNodeItself(source)) {
      LivePods.owner(source, pods.byAddress(source));
    }
  }

  private void pass(HttpServerExchange exchange, String path, byte[] body) {
    HttpRequest request;
    try {
      request = requests.of(exchange, path, body);
    } catch (IllegalArgumentException e) {
      PodIdentityException malformed =
          new PodIdentityException(
              ErrorReason.INVALID_REQUEST, "the method, the query or a header is malformed", e);
      refuser.refuse(exchange, errors.toPod(malformed));
      return;
    }
    proxy.pass(exchange, request);
  }
}
