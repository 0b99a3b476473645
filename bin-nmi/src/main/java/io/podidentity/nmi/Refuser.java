package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Refuses requests that are not for a token, and those that are refused by their path. */
final class Refuser {
  private static final AttachmentKey<Instant> ARRIVED = AttachmentKey.create(Instant.class);

  private final Journal journal;
  private final Clock clock;

  Refuser(Journal journal, Clock clock) {
    this.journal = journal;
    this.clock = clock;
  }

  /** Notes when a request arrived that may be refused later, for the access log. */
  void arrived(HttpServerExchange exchange) {
    exchange.putAttachment(ARRIVED, clock.instant());
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
    Instant arrived = exchange.getAttachment(ARRIVED);
    Duration took = arrived == null ? Duration.ZERO : Duration.between(arrived, clock.instant());
    journal.answered(exchange, answer, took, cause, detail);
    Exchanges.send(exchange, answer);
  }
}
