package io.podidentity.api.spi;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import java.util.List;

/**
 * A service that issues tokens. Called by the token broker on an executor of its own; may block,
 * but not for ever: a fetch that takes longer than {@link
 * io.podidentity.api.token.FetchLimits#longestFetch()} is given up, and its thread is interrupted.
 * A source that does not heed that keeps its place among those that are under way until it returns,
 * and where all places are kept so no more tokens are fetched. Thread-safe.
 */
public interface TokenSource {
  /**
   * Fetches tokens anew; keeping them is the caller's affair.
   *
   * @return at least one: the primary tenant's first, then those of the auxiliary tenants in order
   * @throws io.podidentity.api.PodIdentityException with {@code TOKEN_REFUSED} if asking again will
   *     not help, {@code TOKEN_UNAVAILABLE} if it may, {@code TOKEN_THROTTLED} if no query will for
   *     a moment, {@code IDENTITY_INVALID} if this source cannot serve such an identity, {@code
   *     SHUTTING_DOWN} if the thread is interrupted, which it then still is
   */
  List<AccessToken> fetch(TokenQuery query);

  /**
   * The same for a caller that counts the calls of the service, and has counted one. A source that
   * makes more of them, one after the other, takes each out of the budget first. One that does not,
   * or whose service limits no one, need not override this. One that wraps another must, and hands
   * the budget on.
   */
  default List<AccessToken> fetch(TokenQuery query, Budget budget) {
    return fetch(query);
  }

  /**
   * Tells one credential from another, for credentials that may change while the identity object
   * that names them does not, as the Secret of a service principal. May block, as {@link #fetch}.
   *
   * @return the same text as long as a fetch would use the same credential, and nothing from which
   *     that could be told; empty, as by default, if it cannot change
   * @throws io.podidentity.api.PodIdentityException if it cannot be told now
   */
  default String fingerprint(TokenQuery query) {
    return "";
  }

  /**
   * Both: tokens, and what {@link #fingerprint} says of the credential by which they were got. What
   * a caller asks that keeps them. One that reads its credential for both should override this, to
   * read it once; one that wraps another which does must, and hand it on.
   *
   * @throws io.podidentity.api.PodIdentityException as {@link #fetch} and {@link #fingerprint} do
   */
  default Issued issue(TokenQuery query, Budget budget) {
    // Before it is used: if it changes in between, it is looked at once more and not once less.
    String fingerprint = fingerprint(query);
    return new Issued(fetch(query, budget), fingerprint);
  }

  /**
   * What a fetch gave.
   *
   * @param tokens at least one
   * @param fingerprint tells the credential from another; empty if it cannot change
   */
  record Issued(List<AccessToken> tokens, String fingerprint) {
    /** Copies the list. */
    public Issued {
      tokens = List.copyOf(tokens);
    }
  }

  /** How often a service may be asked. Thread-safe. */
  @FunctionalInterface
  interface Budget {
    /** For callers that do not count. */
    Budget UNLIMITED = () -> {};

    /**
     * Waits until the service may be asked once more. The call before must have ended. What it
     * throws is for the caller that counts; a source does not wrap it.
     *
     * @throws io.podidentity.api.PodIdentityException with {@code TOKEN_THROTTLED} if that takes
     *     too long, {@code SHUTTING_DOWN} if the thread is interrupted or the program ends
     */
    void takeAnother();
  }
}
