package io.podidentity.nmi;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal in plain text, in the form of Go's {@code http.Error}, which AAD Pod Identity v1 uses:
 * a trailing newline, and {@code nosniff}.
 *
 * @param status the HTTP status
 * @param cause its code is sent as a header, for programs
 * @param message for people
 * @param retryAfterSeconds null if there is no advice
 * @see <a href="https://pkg.go.dev/net/http#Error">http.Error</a>
 */
record Refusal(int status, RefusalCause cause, String message, @Nullable Long retryAfterSeconds) {
  /** Names the cause of a refusal. */
  static final String CODE_HEADER = "X-Pod-Identity-Error";

  /** The refusal for the access log. */
  String detail() {
    return "error=" + cause + " message=" + AccessLog.quoted(message);
  }

  /** The refusal on the wire. */
  Answer answer() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "text/plain; charset=utf-8");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put(CODE_HEADER, cause.code());
    if (retryAfterSeconds != null) {
      headers.put("Retry-After", retryAfterSeconds.toString());
    }
    return new Answer(status, headers, Answer.utf8(message + "\n"));
  }
}
