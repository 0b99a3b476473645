package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.podidentity.bin.AsciiLine;
import io.podidentity.bin.AsciiLine.Literal;
import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;
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
 * common. The answer is logged and counted as it is made.
 */
final class Handled implements BiFunction<@Nullable TokenGrant, @Nullable Throwable, Answer> {
  private static final Logger log = LoggerFactory.getLogger(Handled.class);

  private final HttpServerExchange exchange;
  private final Instant start;
  private final Clock clock;
  private final Journal journal;
  private final BiFunction<TokenGrant, Instant, ByteBuffer> toJson;
  private final Function<PodIdentityException, Refusal> toRefusal;
  private @Nullable TokenRequest request;
  private @Nullable PodNamespaces namespaces;

  Handled(
      HttpServerExchange exchange,
      Clock clock,
      Journal journal,
      BiFunction<TokenGrant, Instant, ByteBuffer> toJson,
      Function<PodIdentityException, Refusal> toRefusal) {
    this.exchange = exchange;
    this.start = clock.instant();
    this.clock = clock;
    this.journal = journal;
    this.toJson = toJson;
    this.toRefusal = toRefusal;
  }

  /**
   * What is asked for, once it is known, and before the broker is asked.
   *
   * @param ofPods asked for the pod's, if the request is refused
   */
  void asks(TokenRequest what, PodNamespaces ofPods) {
    request = what;
    namespaces = ofPods;
  }

  @Override
  public Answer apply(@Nullable TokenGrant grant, @Nullable Throwable error) {
    if (grant != null) {
      Instant now = clock.instant();
      Answer answer = Answer.json(toJson.apply(grant, now));
      return kept(
          answer, now, grant.pod().namespace(), null, new Granted(grant.pod(), grant.clientId()));
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
    String namespace = request == null || namespaces == null ? "" : namespaces.of(request.caller());
    return kept(refusal.answer(), clock.instant(), namespace, refusal.cause(), refusal.detail());
  }

  /** The answer to a request without {@code Metadata: true}. */
  Answer refusedWithoutHeader() {
    RefusalCause cause = RefusalCause.METADATA_HEADER_MISSING;
    return kept(Answer.withoutMetadataHeader(), clock.instant(), "", cause, "error=" + cause);
  }

  private Answer kept(
      Answer answer,
      Instant now,
      String podNamespace,
      @Nullable RefusalCause cause,
      Object detail) {
    Duration took = Duration.between(start, now);
    String resource = request == null ? "" : request.resource();
    journal.answered(exchange, answer, took, cause, detail);
    journal.tokenRequest(exchange, answer, took, podNamespace, resource);
    return answer;
  }

  /** Which pod was given which identity; the client ID is redacted. */
  private record Granted(NamespacedName pod, @Nullable ClientId clientId)
      implements AccessLog.Entry {
    private static final Literal POD = Literal.of("pod=");
    private static final Literal CLIENT = Literal.of(" clientid=");

    @Override
    public void appendTo(AsciiLine text) {
      text.append(POD).append(pod.namespace()).append('/').append(pod.name());
      text.append(CLIENT).append(clientId == null ? "" : clientId.toString());
    }
  }
}
