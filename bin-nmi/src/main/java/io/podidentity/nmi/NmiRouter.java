package io.podidentity.nmi;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/** Sends each request where its path leads; the order of checks is AAD Pod Identity v1's. */
final class NmiRouter implements HttpHandler {
  /** v1's text, and its status: it comes before the check of the header. */
  private static final Refusal REFUSED = RefusalCause.PATH_REFUSED.refusal("Invalid request");

  private static final Refusal BLOCKED =
      RefusalCause.METADATA_BLOCKED.refusal("Request blocked by AAD Pod Identity NMI");

  private final HttpHandler token;
  private final HttpHandler hostToken;
  private final MetadataHandler metadata;
  private final Refuser refuser;
  private final boolean blockInstanceMetadata;

  NmiRouter(
      HttpHandler token,
      HttpHandler hostToken,
      MetadataHandler metadata,
      Refuser refuser,
      boolean blockInstanceMetadata) {
    this.token = token;
    this.hostToken = hostToken;
    this.metadata = metadata;
    this.refuser = refuser;
    this.blockInstanceMetadata = blockInstanceMetadata;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    RequestPath path = RequestPath.of(exchange.getRequestURI());
    switch (path.route()) {
      case TOKEN -> token.handleRequest(exchange);
      case HOST_TOKEN -> hostToken.handleRequest(exchange);
      case REFUSED -> refuser.refuse(exchange, REFUSED);
      case INSTANCE -> {
        if (blockInstanceMetadata) {
          refuser.refuse(exchange, BLOCKED);
        } else {
          metadata.handle(exchange, path.plain());
        }
      }
      case METADATA -> metadata.handle(exchange, path.plain());
    }
  }
}
