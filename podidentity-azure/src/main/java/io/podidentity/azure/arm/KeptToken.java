package io.podidentity.azure.arm;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The token for Resource Manager, kept until five minutes before its end. While it is fetched, all
 * who need it wait for that one fetch, and share its failure. A failure is not kept. Thread-safe.
 *
 * <p>azure-core has such a cache in its BearerTokenAuthenticationPolicy; but after a failure that
 * one holds the next request back until 30 s have passed on the system's clock, so that a cluster
 * whose identity has just been repaired seems to hang.
 */
final class KeptToken {
  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final TokenCredential credential;
  private final TokenRequestContext scope;
  private final Clock clock;
  private final AtomicReference<@Nullable CompletableFuture<AccessToken>> current =
      new AtomicReference<>();

  KeptToken(TokenCredential credential, String audience, Clock clock) {
    this.credential = credential;
    this.scope = new TokenRequestContext().addScopes(audience + "/.default");
    this.clock = clock;
  }

  /**
   * The token; blocks while it is fetched.
   *
   * @throws PodIdentityException with {@code TARGET_UNAVAILABLE} if there is none to be had
   */
  String value() {
    CompletableFuture<AccessToken> mine = new CompletableFuture<>();
    while (true) {
      CompletableFuture<AccessToken> known = current.get();
      if (known != null && isUsable(known)) {
        return await(known);
      }
      if (current.compareAndSet(known, mine)) {
        fetch(mine);
        return await(mine);
      }
    }
  }

  /** Forgets the token: Resource Manager does not take it. */
  void refused(String value) {
    CompletableFuture<AccessToken> known = current.get();
    if (known != null
        && known.isDone()
        && !known.isCompletedExceptionally()
        && known.join().getToken().equals(value)) {
      current.compareAndSet(known, null);
    }
  }

  private boolean isUsable(CompletableFuture<AccessToken> token) {
    if (!token.isDone()) {
      return true;
    }
    return !token.isCompletedExceptionally()
        && clock.instant().isBefore(token.join().getExpiresAt().toInstant().minus(MARGIN));
  }

  private void fetch(CompletableFuture<AccessToken> result) {
    try {
      AccessToken token = credential.getTokenSync(scope);
      if (token == null) {
        throw new IllegalStateException("the credential gave no token");
      }
      result.complete(token);
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private static String await(CompletableFuture<AccessToken> token) {
    try {
      return token.get().getToken();
    } catch (ExecutionException e) {
      throw translated(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up waiting for a token for Resource Manager", e);
    }
  }

  /** Not a fault of the machine or identity that was to be changed: what failed is the caller. */
  private static PodIdentityException translated(@Nullable Throwable failure) {
    if (failure instanceof PodIdentityException known) {
      if (known.reason() == ErrorReason.SHUTTING_DOWN) {
        return known;
      }
      return new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "there is no token for Azure Resource Manager: " + known.getMessage(),
          known.retryAfter().orElse(null),
          known);
    }
    // Another's message may hold anything, so it does not go on.
    String type = failure == null ? "no cause" : failure.getClass().getSimpleName();
    return new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        "there is no token for Azure Resource Manager: the credential failed with " + type);
  }
}
