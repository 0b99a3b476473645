package io.podidentity.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of the libraries. It carries an {@link ErrorReason}; the message says what was
 * being done, for which object, and what to look at next. It holds no secret and no body of another
 * service; of a refusal by Azure Resource Manager it may hold one line of that service's text.
 */
public final class PodIdentityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorReason reason;
  private final @Nullable Duration retryAfter;

  @SuppressWarnings("serial") // what Set.copyOf gives can be serialized
  private final Set<String> blamed;

  /** An error without a cause and without advice on when to retry. */
  public PodIdentityException(ErrorReason reason, String message) {
    this(reason, message, null, null);
  }

  /** An error with the exception that led to it. */
  public PodIdentityException(ErrorReason reason, String message, Throwable cause) {
    this(reason, message, null, requireNonNull(cause, "cause"));
  }

  /**
   * An error with all its parts.
   *
   * @param retryAfter how long the other side asked to wait; null if it did not say
   * @param cause the exception that led to this one; null if there is none
   */
  public PodIdentityException(
      ErrorReason reason,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    this(reason, message, retryAfter, cause, Set.of());
  }

  private PodIdentityException(
      ErrorReason reason,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause,
      Set<String> blamed) {
    super(requireNonNull(message, "message"), cause);
    this.reason = requireNonNull(reason, "reason");
    this.retryAfter = retryAfter;
    this.blamed = Set.copyOf(blamed);
  }

  /** A refusal that names what is to blame: resource IDs, in lower case. */
  public static PodIdentityException blaming(
      ErrorReason reason, String message, Set<String> resourceIds) {
    return new PodIdentityException(reason, message, null, null, resourceIds);
  }

  /** Why it failed. */
  public ErrorReason reason() {
    return reason;
  }

  /**
   * The resource IDs, in lower case, of what the other side named as the cause; empty if it named
   * nothing that was asked for.
   */
  public Set<String> blamed() {
    return blamed;
  }

  /** How long the other side asked to wait before the next try; empty if it did not say. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
