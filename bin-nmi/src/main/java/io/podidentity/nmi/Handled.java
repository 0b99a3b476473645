package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.token.TokenGrant;
import io.undertow.server.HttpServerExchange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token request on its way to its answer: what the token endpoint and the host endpoint have in
 * common. The answer is logged as it is made.
 */
final class Handled implements BiFunction<@Nullable TokenGrant, @Nullable Throwable, Answer> {
  private static final Logger log = LoggerFactory.getLogger(Handled.class);

  private final HttpServerExchange exchange;
  private final Instant start;
  private final Clock clock;
  private final AccessLog accessLog;
  private final BiFunction<TokenGrant, Instant, byte[]> toJson;
  private final Function<PodIdentityException, Refusal> toRefusal;

  Handled(
      HttpServerExchange exchange,
      Clock clock,
      AccessLog accessLog,
      BiFunction<TokenGrant, Instant, byte[]> toJson,
      Function<PodIdentityException, Refusal> toRefusal) {
    this.exchange = exchange;
    this.start = clock.instant();
    this.clock = clock;
    this.accessLog = accessLog;
    this.toJson = toJson;
    this.toRefusal = toRefusal;
  }

  @Override
  public Answer apply(@Nullable TokenGrant grant, @Nullable Throwable error) {
    if (grant != null) {
      Answer answer = Answer.json(toJson.apply(grant, clock.instant()));
      logged(answer, new Granted(grant));
      return answer;
    }
    if (error instanceof PodIdentityException refused) {
      return refused(toRefusal.apply(refused));
    }
    if (error instanceof CancellationException) {
      // Nobody reads it; v1 logs and counts these as 404.
      return refused(RefusalCause.CLIENT_GONE.refusal("the client hung up"));
    }
    log.error("token request failed unexpectedly", error);
    return refused(ErrorResponses.internal());
  }

  /** The answer for a refusal. */
  Answer refused(Refusal refusal) {
    return logged(refusal.answer(), refusal.detail());
  }

  /** The answer as it is, logged. */
  Answer logged(Answer answer, Object detail) {
    Duration took = Duration.between(start, clock.instant());
    accessLog.add(AccessLog.Line.of(exchange, answer.status(), took, detail));
    return answer;
  }

  /** Which pod was given which identity; the client ID is redacted. */
  private record Granted(TokenGrant grant) {
    @Override
    public String toString() {
      String client = grant.clientId() == null ? "" : grant.clientId().toString();
      return "pod=" + grant.pod() + " clientid=" + client;
    }
  }
}
