package io.podidentity.api.explain;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What NMI answers: asked of a {@link TokenBroker} that holds nothing and asks no token service, so
 * that it is what NMI does and not what somebody wrote about it.
 *
 * @param query what it would ask the token service for; null if it refuses before, or is not known
 * @param refusal null if it would ask, or is not known
 * @param unknown what is not known that the answer depends on; empty if it is known
 */
record BrokersAnswer(
    @Nullable TokenQuery query, @Nullable PodIdentityException refusal, Set<Resource> unknown) {
  private static final HoldPolicy NOW = new HoldPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** The answer to that pod's request from that address. */
  static BrokersAnswer of(Situation situation, Picture picture, Pod pod, InetAddress address) {
    Set<Resource> unknown = neededBy(situation.options());
    unknown.retainAll(situation.unseen().keySet());
    return unknown.isEmpty()
        ? ask(situation, picture, address)
        : new BrokersAnswer(null, null, unknown);
  }

  boolean isGranted() {
    return query != null;
  }

  private static BrokersAnswer ask(Situation situation, Picture picture, InetAddress address) {
    AtomicReference<@Nullable TokenQuery> query = new AtomicReference<>();
    try (TokenBroker broker =
        new TokenBroker(
            picture,
            mode(situation.options(), picture),
            exemptions(situation),
            (asked, pod) -> {
              query.set(asked);
              return new CompletableFuture<List<AccessToken>>();
            },
            NOW,
            (delay, task) -> () -> {})) {
      CompletableFuture<TokenGrant> answer =
          broker.request(
              new TokenRequest(
                  new Caller.ByAddress(address),
                  situation.request().choice(),
                  situation.request().resource()));
      return new BrokersAnswer(query.get(), refusal(answer), Set.of());
    }
  }

  private static @Nullable PodIdentityException refusal(CompletableFuture<TokenGrant> answer) {
    try {
      var unused = answer.getNow(null);
      return null;
    } catch (CompletionException e) {
      if (e.getCause() instanceof PodIdentityException refusal) {
        return refusal;
      }
      throw e;
    }
  }

  private static OperationMode mode(Situation.Options options, Picture picture) {
    return options.managed()
        ? OperationMode.managed(picture)
        : OperationMode.standard(picture, picture, options.forceNamespaced());
  }

  private static Exemptions exemptions(Situation situation) {
    return new Exemptions(
        namespace ->
            situation.exemptions().stream()
                .filter(exemption -> exemption.name().namespace().equals(namespace))
                .toList(),
        new Exemptions.Mic(
            situation.options().mic(),
            (name, uid) -> CompletableFuture.completedFuture(situation.micPodIsLive())),
        situation.options().anyIdentity());
  }

  private static Set<Resource> neededBy(Situation.Options options) {
    return options.managed()
        ? EnumSet.of(Resource.BINDINGS, Resource.IDENTITIES, Resource.EXCEPTIONS)
        : EnumSet.of(Resource.RECORDS, Resource.IDENTITIES, Resource.EXCEPTIONS);
  }
}
