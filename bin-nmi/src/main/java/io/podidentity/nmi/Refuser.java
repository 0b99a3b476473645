package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import java.time.Duration;

/** Refuses requests before anything is looked up for them, with a line in the access log. */
final class Refuser {
  private final AccessLog accessLog;

  Refuser(AccessLog accessLog) {
    this.accessLog = accessLog;
  }

  /** Sends a refusal, and ends the exchange. */
  void refuse(HttpServerExchange exchange, Refusal refusal) {
    refuse(exchange, refusal.answer(), refusal.detail());
  }

  /** Refuses a request without {@code Metadata: true}. */
  void refuseWithoutHeader(HttpServerExchange exchange) {
    String detail = "error=" + RefusalCause.METADATA_HEADER_MISSING;
    refuse(exchange, Answer.withoutMetadataHeader(), detail);
  }

  private void refuse(HttpServerExchange exchange, Answer answer, String detail) {
    accessLog.add(AccessLog.Line.of(exchange, answer.status(), Duration.ZERO, detail));
    Exchanges.send(exchange, answer);
  }
}
