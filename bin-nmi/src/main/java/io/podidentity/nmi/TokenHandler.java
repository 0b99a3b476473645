package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The token endpoint of pods. A request that can be answered from memory is answered on the I/O
 * thread that read it.
 */
final class TokenHandler implements HttpHandler {
  private final TokenBroker broker;
  private final ErrorResponses errors;
  private final boolean metadataHeaderRequired;
  private final SourceGate gate;
  private final PodNamespaces namespaces;
  private final Journal journal;
  private final @Nullable AccessLog auditLog;
  private final Clock clock;
  private final RecentQueries queries = new RecentQueries();
  private final BiFunction<TokenGrant, Instant, ByteBuffer> toJson = new TokenBodies()::of;
  private final Function<PodIdentityException, Refusal> toRefusal;

  /**
   * The endpoint.
   *
   * @param auditLog gets a line for each token that is given; none is given that its queue does not
   *     accept; null to do without it
   */
  TokenHandler(
      TokenBroker broker,
      ErrorResponses errors,
      boolean metadataHeaderRequired,
      SourceGate gate,
      PodNamespaces namespaces,
      Journal journal,
      @Nullable AccessLog auditLog,
      Clock clock) {
    this.broker = broker;
    this.errors = errors;
    this.metadataHeaderRequired = metadataHeaderRequired;
    this.gate = gate;
    this.namespaces = namespaces;
    this.journal = journal;
    this.auditLog = auditLog;
    this.clock = clock;
    this.toRefusal = errors::toPod;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Handled handled = new Handled(exchange, clock, journal, toJson, toRefusal);
    // First, and before any look-up: SDKs probe without the header, and give up after a second.
    if (metadataHeaderRequired && !Exchanges.hasMetadataHeader(exchange)) {
      Exchanges.send(exchange, handled.refusedWithoutHeader());
      return;
    }
    if (Exchanges.isForwarded(exchange)) {
      Exchanges.send(exchange, handled.refused(Exchanges.FORWARDED));
      return;
    }
    Refusal unpinned = Exchanges.unpinned(exchange, gate);
    if (unpinned != null) {
      Exchanges.send(exchange, handled.refused(unpinned));
      return;
    }
    try {
      InetAddress source = Exchanges.source(exchange);
      TokenRequest request = read(exchange, source);
      handled.asks(request, namespaces);
      CompletableFuture<TokenGrant> grant = broker.request(request);
      if (!grant.isDone()) {
        Exchanges.forgetRequest(exchange);
      }
      Later.send(
          exchange,
          grant,
          auditLog == null ? handled : new Audited(exchange, handled, request, auditLog));
    } catch (PodIdentityException e) {
      Exchanges.send(exchange, handled.refused(errors.toPod(e)));
    }
  }

  /** A token that the audit log does not accept is not given. No lambda: each request has one. */
  private record Audited(
      HttpServerExchange exchange, Handled handled, TokenRequest request, AccessLog auditLog)
      implements BiFunction<@Nullable TokenGrant, @Nullable Throwable, Answer> {
    @Override
    public Answer apply(@Nullable TokenGrant grant, @Nullable Throwable error) {
      return grant == null || auditLog.add(AuditLine.issued(exchange, grant, request.resource()))
          ? handled.apply(grant, error)
          : handled.refused(HostTokenHandler.NOT_AUDITED);
    }
  }

  private TokenRequest read(HttpServerExchange exchange, @Nullable InetAddress source) {
    // An IPv4 address in IPv6 form is an Inet4Address here already.
    if (!(source instanceof Inet4Address)) {
      throw new PodIdentityException(ErrorReason.POD_NOT_FOUND, "request remote address is empty");
    }
    QueryParameters query = queries.read(exchange.getQueryString());
    return new TokenRequest(new Caller.ByAddress(source), choice(query), query.get("resource"));
  }

  /** Which identity a query names, as in AAD Pod Identity v1. */
  static IdentityChoice choice(QueryParameters query) {
    if (!query.get("object_id").isEmpty()) {
      // v1 ignores it and answers with any identity of the pod.
      throw new PodIdentityException(
          ErrorReason.INVALID_REQUEST,
          "parameter object_id cannot be honoured: name the identity by client_id or msi_res_id");
    }
    String clientId = query.get("client_id");
    String resourceId = query.get("msi_res_id");
    if (resourceId.isEmpty()) {
      resourceId = query.get("mi_res_id");
    }
    if (clientId.isEmpty() && resourceId.isEmpty()) {
      return IdentityChoice.ANY;
    }
    return new IdentityChoice(
        clientId.isEmpty() ? null : new ClientId(clientId),
        resourceId.isEmpty() ? null : resourceId);
  }
}
