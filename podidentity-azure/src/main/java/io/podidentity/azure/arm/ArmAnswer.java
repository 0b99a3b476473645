package io.podidentity.azure.arm;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import io.podidentity.azure.http.Json;
import io.podidentity.azure.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer of Resource Manager, read to its end.
 *
 * @param body not to be printed: it may hold anything
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ArmAnswer(int status, HttpHeaders headers, byte[] body) {
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

  @Nullable String header(String name) {
    return headers.getValue(HttpHeaderName.fromString(name));
  }

  /** What it asks to wait; null if it does not say. */
  @Nullable Duration retryAfter(Instant now) {
    return RetryAfter.parse(header("Retry-After"), now);
  }

  /** Whether it is over soon: the request was not refused, but could not be served now. */
  boolean isBusy() {
    return status == 408 || status == 429 || status >= 500;
  }

  Map<?, ?> members() {
    return Json.object(body);
  }

  /** The state in which a resource in the body is; null if there is none. */
  @Nullable String provisioningState() {
    return Json.text(Json.object(members(), "properties"), "provisioningState");
  }

  /** The code of the error in the body; null if there is none, or none that is fit to print. */
  @Nullable String errorCode() {
    String code = Json.text(Json.object(members(), "error"), "code");
    return code != null && CODE.matcher(code).matches() ? code : null;
  }

  /** The message of the error in the body, not to be printed as it is; null if there is none. */
  @Nullable String errorMessage() {
    return Json.text(Json.object(members(), "error"), "message");
  }

  /** Which of these resource IDs, in lower case, the message of the error names. */
  Set<String> named(Collection<String> ids) {
    String message = errorMessage();
    if (message == null) {
      return Set.of();
    }
    String text = message.toLowerCase(Locale.ROOT);
    Set<String> named = new HashSet<>();
    for (String id : ids) {
      // One name may begin with another.
      if (Pattern.compile(Pattern.quote(id) + "(?![\\w-])").matcher(text).find()) {
        named.add(id);
      }
    }
    return named;
  }

  @Override
  public String toString() {
    return "ArmAnswer[" + status + "]";
  }
}
