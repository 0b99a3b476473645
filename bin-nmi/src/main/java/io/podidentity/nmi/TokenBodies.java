package io.podidentity.nmi;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.token.TokenGrant;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of the token endpoint's answers. What one says changes with each second only, so the
 * last one made of a token is kept for the rest of its second: pods that ask at a high rate are
 * given it again. Thread-safe, without a lock.
 */
final class TokenBodies {
  /** A power of two. Of so many tokens the last body is kept, some 2 KB each. */
  static final int KEPT = 128;

  /** In so many places a token's body may be: tokens that share one would drive each other out. */
  private static final int TRIED = 4;

  private final AtomicReferenceArray<@Nullable Made> last = new AtomicReferenceArray<>(KEPT);

  private record Made(AccessToken token, long secondsLeft, ByteBuffer body) {
    /** Of that very object: to compare their text would cost what this saves. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(AccessToken other) {
      return token == other;
    }
  }

  /** As {@link TokenJson#ofPod}; not to be moved, but duplicated. */
  ByteBuffer of(TokenGrant grant, Instant now) {
    if (grant.tokens().size() > 1) {
      return TokenJson.ofPod(grant, now);
    }
    AccessToken token = grant.tokens().get(0);
    long secondsLeft = TokenJson.secondsLeft(token, now);
    int first = System.identityHashCode(token);
    // Another each second, so that a token that is no longer asked for is not kept for ever.
    int place = place(first, (int) (secondsLeft % TRIED));
    for (int i = 0; i < TRIED; i++) {
      int tried = place(first, i);
      Made kept = last.get(tried);
      if (kept == null) {
        place = tried;
        break;
      }
      if (kept.isOf(token)) {
        if (kept.secondsLeft() == secondsLeft) {
          return kept.body();
        }
        place = tried;
        break;
      }
    }
    ByteBuffer body = TokenJson.ofPod(grant, now);
    last.set(place, new Made(token, secondsLeft, body));
    return body;
  }

  private static int place(int first, int tried) {
    return (first + tried) & (KEPT - 1);
  }
}
