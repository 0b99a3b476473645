package io.podidentity.nmi;

import io.podidentity.api.token.TokenGrant;
import io.podidentity.bin.AsciiLine;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code /host/token/}, by whom, and what came of it: for the audit log. Client
 * IDs are redacted as in the access log; the token is not there at all.
 *
 * @param pod the pod in whose name was asked, as the request has it
 * @param remote address and port of the process that asked, so that it can be found while its
 *     connection is open
 * @param outcome as key=value
 */
record AuditLine(String pod, String remote, int status, String outcome) implements AccessLog.Entry {

  /** A token was given. */
  static AuditLine granted(HttpServerExchange exchange, TokenGrant grant) {
    return new AuditLine(
        named(exchange),
        remote(exchange),
        200,
        "clientid=" + (grant.clientId() == null ? "" : grant.clientId()));
  }

  /** None was given. */
  static AuditLine refused(HttpServerExchange exchange, Answer answer) {
    String code = answer.headers().getOrDefault(Refusal.CODE_HEADER, "");
    return new AuditLine(named(exchange), remote(exchange), answer.status(), "error=" + code);
  }

  @Override
  public void appendTo(AsciiLine text) {
    text.append("host token request pod=").appendWord(pod);
    text.append(" remote=").append(remote).append(" status=").append(status);
    text.append(' ').append(outcome);
  }

  private static String named(HttpServerExchange exchange) {
    return AccessLog.shown(
        Exchanges.header(exchange, HostTokenHandler.POD_NAMESPACE)
            + '/'
            + Exchanges.header(exchange, HostTokenHandler.POD_NAME));
  }

  private static String remote(HttpServerExchange exchange) {
    @Nullable InetSocketAddress peer = exchange.getSourceAddress();
    return peer == null || peer.getAddress() == null
        ? ""
        : peer.getAddress().getHostAddress() + ':' + peer.getPort();
  }
}
