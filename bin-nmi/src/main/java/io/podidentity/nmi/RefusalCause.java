package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused: all codes that the header {@code X-Pod-Identity-Error} can hold.
 * Programs may branch on them, so one is never renamed. {@code docs/troubleshooting.md} explains
 * each.
 */
enum RefusalCause {
  // What the broker and the adapters say; the status depends on the endpoint: ErrorResponses.
  INVALID_REQUEST(ErrorReason.INVALID_REQUEST),
  POD_NOT_FOUND(ErrorReason.POD_NOT_FOUND),
  POD_AMBIGUOUS(ErrorReason.POD_AMBIGUOUS),
  POD_NOT_BOUND(ErrorReason.POD_NOT_BOUND),
  IDENTITY_NOT_BOUND(ErrorReason.IDENTITY_NOT_BOUND),
  IDENTITY_NOT_ASSIGNED(ErrorReason.IDENTITY_NOT_ASSIGNED),
  IDENTITY_NOT_ALLOWED(ErrorReason.IDENTITY_NOT_ALLOWED),
  IDENTITY_INVALID(ErrorReason.IDENTITY_INVALID),
  IDENTITY_NOT_PERMITTED(ErrorReason.IDENTITY_NOT_PERMITTED),
  TOKEN_REFUSED(ErrorReason.TOKEN_REFUSED),
  TOKEN_UNAVAILABLE(ErrorReason.TOKEN_UNAVAILABLE),
  TOKEN_THROTTLED(ErrorReason.TOKEN_THROTTLED),
  CLUSTER_UNAVAILABLE(ErrorReason.CLUSTER_UNAVAILABLE),
  SHUTTING_DOWN(ErrorReason.SHUTTING_DOWN),

  // What the server says by itself.
  PATH_REFUSED("path-refused", 400),
  METADATA_HEADER_MISSING("metadata-header-missing", 400),
  FORWARDED("forwarded", 400),
  METADATA_BLOCKED("metadata-blocked", 403),
  METADATA_UNREACHABLE("metadata-unreachable", 502),
  METADATA_BUSY("metadata-busy", 503),
  METADATA_TIMEOUT("metadata-timeout", 504),
  SOURCE_NOT_PINNED("source-not-pinned", 503),
  METHOD_NOT_ALLOWED("method-not-allowed", 405),
  BODY_TOO_LARGE("body-too-large", 413),
  NOT_FROM_HOST("not-from-host", 500),
  HOST_TOKEN_DISABLED("host-token-disabled", 403),
  AUDIT_BUSY("audit-busy", 503),
  /** Nobody reads it; it is for the log. v1's status. */
  CLIENT_GONE("client-gone", 404),
  INTERNAL_ERROR("internal-error", 500);

  private static final Map<ErrorReason, RefusalCause> BY_REASON = new EnumMap<>(ErrorReason.class);

  static {
    for (RefusalCause cause : values()) {
      if (cause.reason != null) {
        BY_REASON.put(cause.reason, cause);
      }
    }
  }

  private final String code;
  private final @Nullable ErrorReason reason;
  private final int status;

  RefusalCause(ErrorReason reason) {
    this.code = reason.code();
    this.reason = reason;
    this.status = 0;
  }

  RefusalCause(String code, int status) {
    this.code = code;
    this.reason = null;
    this.status = status;
  }

  /** The cause for a reason; one that has none here (MIC's) is an internal error. */
  static RefusalCause of(ErrorReason reason) {
    return BY_REASON.getOrDefault(reason, INTERNAL_ERROR);
  }

  /** The stable, lower-case name. */
  String code() {
    return code;
  }

  /** Whether the broker or an adapter says it: then {@link ErrorResponses} knows the status. */
  boolean isReason() {
    return reason != null;
  }

  /** A refusal with this cause, which has one status wherever it occurs. */
  Refusal refusal(String message) {
    return refusal(message, null);
  }

  /**
   * A refusal with this cause, and when to ask again.
   *
   * @param retryAfterSeconds null if there is no advice
   */
  Refusal refusal(String message, @Nullable Long retryAfterSeconds) {
    if (isReason()) {
      throw new IllegalStateException(this + " has no status of its own");
    }
    return new Refusal(status, this, message, retryAfterSeconds);
  }

  @Override
  public String toString() {
    return code;
  }
}
