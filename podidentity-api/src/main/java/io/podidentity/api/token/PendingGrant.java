package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.TokenQuery;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way from its pod to its token. Where all is at hand it goes that way once.
 * What was true before a wait may not be true after it: the address may be another pod's by then,
 * or the identity no longer this one's. So after each wait it goes the whole way again, with the
 * tokens that it brought, and ends only when nothing was waited for since its pod was looked up. By
 * one thread at a time.
 */
final class PendingGrant {
  private final Entitlements entitlements;
  private final NodeIdentityRule nodeIdentity;
  private final TokenFetcher fetcher;
  private final TokenRequest request;
  private final CompletableFuture<TokenGrant> answer;

  private @Nullable Pod asker;
  // Since the pod was looked up.
  private boolean waited;
  // For its identity: that is waited for once.
  private boolean held;
  private @Nullable Fetched fetched;
  private boolean cached;

  private record Fetched(TokenQuery query, List<AccessToken> tokens) {}

  PendingGrant(
      Entitlements entitlements,
      NodeIdentityRule nodeIdentity,
      TokenFetcher fetcher,
      TokenRequest request,
      CompletableFuture<TokenGrant> answer) {
    this.entitlements = entitlements;
    this.nodeIdentity = nodeIdentity;
    this.fetcher = fetcher;
    this.request = request;
    this.answer = answer;
  }

  /** Sets out. A failure on the way is the answer's, or is thrown. */
  void go() {
    waited = false;
    CompletableFuture<Pod> pod = entitlements.pod(request.caller());
    if (Steps.isThere(pod)) {
      ofPod(pod.join());
    } else {
      Steps.then(answer, pod, this::ofPod);
    }
  }

  private void ofPod(Pod pod) {
    if (asker == null) {
      asker = pod;
    } else if (!asker.name().equals(pod.name()) || !asker.uid().equals(pod.uid())) {
      throw new PodIdentityException(
          ErrorReason.POD_NOT_FOUND,
          "pod %s, which asked, is gone; its address or name is that of another one now"
              .formatted(asker.name()));
    }
    CompletableFuture<ExemptPods.Kind> why = entitlements.exemption(request.caller(), pod);
    if (Steps.isThere(why)) {
      ofPod(pod, why.join());
    } else {
      then(why, known -> ofPod(pod, known));
    }
  }

  private void ofPod(Pod pod, ExemptPods.Kind why) {
    if (why != ExemptPods.Kind.NONE) {
      ofNode(pod, why);
    } else if (held || fetched != null) {
      bound(pod, entitlements.identityNow(pod, request.choice()));
    } else {
      CompletableFuture<AzureIdentity> identity = entitlements.identity(pod, request.choice());
      held = !identity.isDone();
      if (Steps.isThere(identity)) {
        bound(pod, identity.join());
      } else {
        then(identity, found -> bound(pod, found));
      }
    }
  }

  private void bound(Pod pod, AzureIdentity identity) {
    fetch(
        pod,
        new TokenQuery(new TokenQuery.Bound(identity), request.resource()),
        list ->
            answer.complete(
                new TokenGrant(
                    pod.name(),
                    identity.credential().clientId(),
                    list,
                    identity.name(),
                    null,
                    TokenGrant.Right.BOUND,
                    cached)));
  }

  /** The one case in which a pod is given the node's identity: it is exempt. */
  private void ofNode(Pod pod, ExemptPods.Kind why) {
    nodeIdentity.check(pod, why, request.choice());
    fetch(
        pod,
        new TokenQuery(new TokenQuery.OfNode(request.choice()), request.resource()),
        list -> {
          nodeIdentity.check(pod, why, request.choice(), list);
          answer.complete(
              new TokenGrant(
                  pod.name(),
                  request.choice().clientId(),
                  list,
                  null,
                  request.choice().resourceId(),
                  why == ExemptPods.Kind.MIC ? TokenGrant.Right.MIC : TokenGrant.Right.EXEMPT,
                  cached));
        });
  }

  private void fetch(Pod pod, TokenQuery query, Consumer<List<AccessToken>> give) {
    if (waited) {
      go();
    } else if (fetched != null && fetched.query().equals(query)) {
      give.accept(fetched.tokens());
    } else {
      CompletableFuture<List<AccessToken>> tokens = fetcher.fetch(query, pod.name());
      if (Steps.isThere(tokens)) {
        cached = tokens instanceof FromCache;
        give.accept(tokens.join());
      } else {
        then(tokens, list -> arrived(new Fetched(query, list), give));
      }
    }
  }

  private void arrived(Fetched now, Consumer<List<AccessToken>> give) {
    if (waited) {
      fetched = now;
      go();
    } else {
      give.accept(now.tokens());
    }
  }

  private <T> void then(CompletableFuture<T> step, Consumer<T> next) {
    waited |= !step.isDone();
    Steps.then(answer, step, next);
  }
}
