package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one place that turns errors into HTTP. Statuses are those of AAD Pod Identity v1: 400 for a
 * bad request, 404 for an identity that is not there (yet), 403 for a token that is refused, 503
 * for one that cannot be had now, 500 for a pod that is not known. Azure's SDKs retry 404, 429 and
 * 5xx and give up on the other ones, so what may heal is never among those.
 *
 * @param retryAfterMissing whether an identity that is not there is answered 503 with {@code
 *     Retry-After: 20} instead of 404 ({@code --set-retry-after-header})
 */
record ErrorResponses(boolean retryAfterMissing) {
  /** v1's: one cycle of MIC. */
  private static final long MISSING_RETRY_SECONDS = 20;

  /** About as long as the next process needs to take over. */
  private static final long STOPPING_RETRY_SECONDS = 5;

  /** So v1 begins where no pod has an address; the broker begins so too. */
  private static final String NO_POD = "pod list is empty";

  /** Where the service that failed did not say: what Azure asks its clients to wait, twice. */
  private static final long UNTOLD_RETRY_MILLIS = 2000;

  /** Of the token endpoint. */
  Refusal toPod(PodIdentityException error) {
    return switch (error.reason()) {
      case POD_NOT_BOUND, IDENTITY_NOT_BOUND, IDENTITY_NOT_ASSIGNED, IDENTITY_NOT_ALLOWED ->
          retryAfterMissing
              ? refusal(503, error, MISSING_RETRY_SECONDS)
              : refusal(404, error, null);
      case POD_NOT_FOUND, POD_AMBIGUOUS -> refusal(500, error, null);
      default -> common(error);
    };
  }

  /**
   * Of {@code /host/token/}: 404 without advice, whatever the flag says, also for the pod itself.
   */
  Refusal toHost(PodIdentityException error) {
    return switch (error.reason()) {
      case POD_NOT_FOUND,
          POD_NOT_BOUND,
          IDENTITY_NOT_BOUND,
          IDENTITY_NOT_ASSIGNED,
          IDENTITY_NOT_ALLOWED ->
          refusal(404, error, null);
      default -> common(error);
    };
  }

  /** Of whatever else went wrong; it tells the client nothing. */
  static Refusal internal() {
    return RefusalCause.INTERNAL_ERROR.refusal("internal error; NMI's log says more");
  }

  private static Refusal common(PodIdentityException error) {
    return switch (error.reason()) {
      case INVALID_REQUEST -> refusal(400, error, null);
      case TOKEN_REFUSED, IDENTITY_NOT_PERMITTED -> refusal(403, error, null);
      // v1 answers 503 for an identity of a type that it does not know, too.
      case IDENTITY_INVALID -> refusal(503, error, null);
      case TOKEN_UNAVAILABLE, TOKEN_THROTTLED, CLUSTER_UNAVAILABLE ->
          refusal(503, error, seconds(error));
      case SHUTTING_DOWN -> refusal(503, error, STOPPING_RETRY_SECONDS);
      case POD_NOT_FOUND,
          POD_AMBIGUOUS,
          POD_NOT_BOUND,
          IDENTITY_NOT_BOUND,
          IDENTITY_NOT_ASSIGNED,
          IDENTITY_NOT_ALLOWED ->
          refusal(500, error, null);
      // MIC's; here they would be a defect.
      case TARGET_NOT_FOUND,
          TARGET_NOT_PERMITTED,
          TARGET_REJECTED,
          TARGET_UNAVAILABLE,
          CLUSTER_CONFLICT,
          REDIRECT_FAILED,
          CONFIGURATION_INVALID ->
          internal();
    };
  }

  private static Refusal refusal(
      int status, PodIdentityException error, @Nullable Long retryAfter) {
    RefusalCause cause = RefusalCause.of(error.reason());
    return new Refusal(status, cause, text(error), retryAfter);
  }

  /** What the broker says for any program that it is in, as it concerns a pod and NMI. */
  private static String text(PodIdentityException error) {
    String text = String.valueOf(error.getMessage());
    if (error.reason() == ErrorReason.SHUTTING_DOWN) {
      return "NMI is stopping; ask again in a moment";
    }
    return text.startsWith(NO_POD)
        ? text + ", and with kubectl get pods -A -o wide which pod of this node has it"
        : text;
  }

  /** Whole seconds, rounded up: a client that comes too soon is refused again. */
  private static long seconds(PodIdentityException error) {
    long millis = error.retryAfter().map(Duration::toMillis).orElse(UNTOLD_RETRY_MILLIS);
    return Math.max(1, (millis + 999) / 1000);
  }
}
