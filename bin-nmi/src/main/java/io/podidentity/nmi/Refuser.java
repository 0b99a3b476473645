package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import java.time.Duration;

/** Refuses requests before anything is looked up for them. */
final class Refuser {
  private final Journal journal;

  Refuser(Journal journal) {
    this.journal = journal;
  }

  /** Sends a refusal, and ends the exchange. */
  void refuse(HttpServerExchange exchange, Refusal refusal) {
    refuse(exchange, refusal.answer(), refusal.cause(), refusal.detail());
  }

  /** Refuses a request without {@code Metadata: true}. */
  void refuseWithoutHeader(HttpServerExchange exchange) {
    RefusalCause cause = RefusalCause.METADATA_HEADER_MISSING;
    refuse(exchange, Answer.withoutMetadataHeader(), cause, "error=" + cause);
  }

  private void refuse(
      HttpServerExchange exchange, Answer answer, RefusalCause cause, String detail) {
    journal.answered(exchange, answer, Duration.ZERO, cause, detail);
    Exchanges.send(exchange, answer);
  }
}
