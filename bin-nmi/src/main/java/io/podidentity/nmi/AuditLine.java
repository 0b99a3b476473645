package io.podidentity.nmi;

import io.podidentity.api.token.TokenGrant;
import io.podidentity.bin.AsciiLine;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A token that was given, or refused at {@code /host/token/}, and to whom: for the audit log.
 * Client IDs are redacted as in the access log; the token is not there at all.
 *
 * @param what was asked for
 * @param pod the pod in whose name was asked, as the request has it
 * @param remote address and port of the process that asked, so that it can be found while its
 *     connection is open
 * @param outcome as key=value; an {@link AccessLog.Entry}, or what has it as its text
 */
record AuditLine(
    String what, String pod, @Nullable InetSocketAddress remote, int status, Object outcome)
    implements AccessLog.Entry {
  private static final String OF_HOST = "host token request";
  private static final String OF_POD = "token request";

  /**
   * A token was given at {@code /host/token/}.
   *
   * @param resource what it is for
   */
  static AuditLine granted(HttpServerExchange exchange, TokenGrant grant, String resource) {
    return new AuditLine(
        OF_HOST, named(exchange), exchange.getSourceAddress(), 200, new Issued(grant, resource));
  }

  /**
   * A token was given to a pod that asked for itself.
   *
   * @param resource what it is for
   */
  static AuditLine issued(HttpServerExchange exchange, TokenGrant grant, String resource) {
    return new AuditLine(
        OF_POD,
        grant.pod().toString(),
        exchange.getSourceAddress(),
        200,
        new Issued(grant, resource));
  }

  /** None was given. */
  static AuditLine refused(HttpServerExchange exchange, Answer answer) {
    String code = answer.headers().getOrDefault(Refusal.CODE_HEADER, "");
    return new AuditLine(
        OF_HOST, named(exchange), exchange.getSourceAddress(), answer.status(), "error=" + code);
  }

  @Override
  public void appendTo(AsciiLine text) {
    text.append(what).append(" pod=").appendWord(pod);
    text.append(" remote=").append(remote(remote)).append(" status=").append(status);
    text.append(' ');
    if (outcome instanceof AccessLog.Entry more) {
      more.appendTo(text);
    } else {
      text.append(outcome.toString());
    }
  }

  private static String named(HttpServerExchange exchange) {
    return AccessLog.shown(
        Exchanges.header(exchange, HostTokenHandler.POD_NAMESPACE)
            + '/'
            + Exchanges.header(exchange, HostTokenHandler.POD_NAME));
  }

  private static String remote(@Nullable InetSocketAddress peer) {
    return peer == null || peer.getAddress() == null
        ? ""
        : peer.getAddress().getHostAddress() + ':' + peer.getPort();
  }

  /**
   * Which identity, for what, whence, and by what right; made into text by the log's thread. With
   * neither client ID nor object nor resource ID it is the node's default identity.
   */
  private record Issued(TokenGrant grant, String resource) implements AccessLog.Entry {
    @Override
    public void appendTo(AsciiLine text) {
      text.append("clientid=").append(grant.clientId() == null ? "" : grant.clientId().toString());
      text.append(" identity=");
      text.append(grant.identity() == null ? "" : grant.identity().toString());
      String resourceId = grant.resourceId();
      if (resourceId != null) {
        text.append(" resourceid=").appendWord(AccessLog.shown(resourceId));
      }
      text.append(" resource=").appendWord(AccessLog.shown(resource));
      text.append(" cached=").append(Boolean.toString(grant.cached()));
      text.append(" cause=").append(grant.right().code());
    }
  }
}
