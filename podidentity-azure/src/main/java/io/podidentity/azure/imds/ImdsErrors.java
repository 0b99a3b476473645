package io.podidentity.azure.imds;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.http.Json;
import io.podidentity.azure.http.RetryAfter;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the metadata service means. The body appears in no message, bar the value of
 * {@code error} where that is a plain word.
 *
 * @see <a
 *     href="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling">
 *     Error handling</a>
 */
final class ImdsErrors {
  private static final Pattern WORD = Pattern.compile("[a-z0-9_]{1,64}");

  /** After a change of the service, "available again within 70 seconds". */
  private static final Duration GONE_AT_MOST = Duration.ofSeconds(70);

  /** An assignment takes 10 to 60 s. */
  private static final Duration ASSIGNMENT_RETRY = Duration.ofSeconds(5);

  private ImdsErrors() {}

  static PodIdentityException of(String whose, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    Map<?, ?> members = Json.object(response.body());
    boolean refused = status >= 400 && status < 500 && !isTransient(status);
    String word = Json.text(members, "error");
    String shown = word != null && WORD.matcher(word).matches() ? " (" + word + ")" : "";
    return new PodIdentityException(
        reason(status, refused),
        "cannot get a token for %s: the metadata service answered %d%s%s"
            .formatted(whose, status, shown, hint(status)),
        refused ? null : wait(status, response.headers()),
        null);
  }

  /** What to tell of an identity that the service does not know. */
  static PodIdentityException notThere(String whose, boolean mayStillCome) {
    return new PodIdentityException(
        mayStillCome ? ErrorReason.TOKEN_UNAVAILABLE : ErrorReason.TOKEN_REFUSED,
        ("cannot get a token for %s: the metadata service says that the identity is not assigned to"
                + " this node's virtual machine or scale set%s; look at MIC's log, and compare the"
                + " client ID with the identity's own")
            .formatted(whose, mayStillCome ? ", or not yet" : ""),
        mayStillCome ? ASSIGNMENT_RETRY : null,
        null);
  }

  /**
   * Whether the answer says that there is no such identity on this machine. The only thing by which
   * an identity that is not there (yet) differs from other errors with the word {@code
   * invalid_request} is the description.
   */
  static boolean isNotThere(HttpResponse<byte[]> response) {
    String description = Json.text(Json.object(response.body()), "error_description");
    return response.statusCode() == 400
        && description != null
        && description.toLowerCase(Locale.ROOT).contains("identity not found");
  }

  private static ErrorReason reason(int status, boolean refused) {
    if (status == 429) {
      return ErrorReason.TOKEN_THROTTLED;
    }
    return refused ? ErrorReason.TOKEN_REFUSED : ErrorReason.TOKEN_UNAVAILABLE;
  }

  private static boolean isTransient(int status) {
    return status == 404 || status == 408 || status == 410 || status == 429;
  }

  private static @Nullable Duration wait(int status, HttpHeaders headers) {
    Duration wait =
        RetryAfter.parse(
            headers.firstValue("Retry-After").orElse(null),
            // The answer's own date, so that no clock is needed.
            RetryAfter.date(headers.firstValue("Date").orElse(null)));
    boolean tooLong = status == 410 && wait != null && wait.compareTo(GONE_AT_MOST) > 0;
    return tooLong ? GONE_AT_MOST : wait;
  }

  private static String hint(int status) {
    return switch (status) {
      case 400 -> "; check the resource that was asked for";
      case 401, 403 -> "; check the identity in Entra ID";
      case 404, 410 -> ": it is being updated";
      case 429 -> ": too many requests from this node";
      default -> "";
    };
  }
}
