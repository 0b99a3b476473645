package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenBroker;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rest of the metadata service, such as {@code /metadata/instance}: passed on, for the node
 * itself and for its live pods, which are looked for as for a token. AAD Pod Identity v1 passes it
 * on for anyone, with any method.
 */
final class MetadataHandler {
  private static final Logger log = LoggerFactory.getLogger(MetadataHandler.class);

  /** What IMDS takes in a request, such as the approval of an event, is far shorter. */
  private static final int MAX_BODY = 4 * 1024;

  private static final byte[] NO_BODY = {};

  private static final Refusal NOT_GET =
      RefusalCause.METHOD_NOT_ALLOWED.refusal("only GET is passed on to the metadata service");
  private static final Refusal TOO_LARGE =
      RefusalCause.BODY_TOO_LARGE.refusal("the body is longer than " + MAX_BODY + " bytes");

  private final TokenBroker broker;
  private final MetadataRequests requests;
  private final MetadataProxy proxy;
  private final ErrorResponses errors;
  private final Refuser refuser;
  private final SourceGate gate;
  private final boolean metadataHeaderRequired;
  private final boolean getOnly;

  MetadataHandler(
      TokenBroker broker,
      MetadataRequests requests,
      MetadataProxy proxy,
      ErrorResponses errors,
      Refuser refuser,
      SourceGate gate,
      NmiOptions.Http http) {
    this.broker = broker;
    this.requests = requests;
    this.proxy = proxy;
    this.errors = errors;
    this.refuser = refuser;
    this.gate = gate;
    this.metadataHeaderRequired = http.metadataHeaderRequired();
    this.getOnly = http.metadataGetOnly();
  }

  /**
   * Passes a request on.
   *
   * @param path plain
   */
  void handle(HttpServerExchange exchange, String path) {
    refuser.arrived(exchange);
    if (metadataHeaderRequired && !Exchanges.hasMetadataHeader(exchange)) {
      refuser.refuseWithoutHeader(exchange);
      return;
    }
    Refusal refusal = check(exchange);
    if (refusal != null) {
      refuser.refuse(exchange, refusal);
    } else if (exchange.getRequestMethod().equals(Methods.GET) || exchange.isRequestComplete()) {
      findPod(exchange, path, NO_BODY);
    } else {
      Receiver receiver = exchange.getRequestReceiver();
      receiver.setMaxBufferSize(MAX_BODY);
      receiver.receiveFullBytes(
          (complete, body) -> findPod(complete, path, body),
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
      return Exchanges.unpinned(exchange, gate);
    } catch (PodIdentityException e) {
      return errors.toPod(e);
    }
  }

  private void findPod(HttpServerExchange exchange, String path, byte[] body) {
    InetAddress source = Exchanges.source(exchange);
    if (source != null && Exchanges.isNodeItself(source)) {
      pass(exchange, path, body);
      return;
    }
    CompletableFuture<Pod> pod =
        source == null
            ? CompletableFuture.failedFuture(
                new PodIdentityException(
                    ErrorReason.POD_NOT_FOUND, "request remote address is empty"))
            : broker.podOf(new Caller.ByAddress(source));
    if (pod.isDone()) {
      var unused = pod.whenComplete((found, error) -> goOn(exchange, path, body, error));
      return;
    }
    CompletableFuture<Consumer<HttpServerExchange>> ending = new CompletableFuture<>();
    var unusedPod =
        pod.whenComplete(
            (found, error) -> ending.complete(waiting -> goOn(waiting, path, body, error)));
    // A client that hangs up is not searched for any more.
    var unusedEnd = ending.whenComplete((how, error) -> pod.cancel(false));
    Later.end(exchange, ending);
  }

  private void goOn(
      HttpServerExchange exchange, String path, byte[] body, @Nullable Throwable error) {
    if (error == null) {
      pass(exchange, path, body);
    } else if (error instanceof PodIdentityException refused) {
      refuser.refuse(exchange, errors.toPod(refused));
    } else {
      log.error("metadata request failed unexpectedly", error);
      refuser.refuse(exchange, ErrorResponses.internal());
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
