package io.podidentity.example.vendor;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What the broker is told of an answer without a token. Never the answer's own text. */
final class Refusals {
  private Refusals() {}

  static PodIdentityException of(HttpResponse<String> answer, NamespacedName identity) {
    String message =
        "Entra ID gives no token for %s: status %d%s"
            .formatted(identity, answer.statusCode(), code(answer.body()));
    Duration wait =
        answer
            .headers()
            .firstValue("Retry-After")
            .filter(text -> text.matches("[0-9]{1,6}"))
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .orElse(null);
    return new PodIdentityException(reason(answer.statusCode()), message, wait, null);
  }

  /** Entra ID's number for what is wrong; nothing if somebody else answered. */
  private static String code(String body) {
    try {
      String number = JsonMapper.shared().readTree(body).path("error_codes").path(0).asString("");
      return number.matches("[0-9]+") ? ", AADSTS" + number : "";
    } catch (JacksonException e) {
      return "";
    }
  }

  /** Whether asking again may help is what the broker, and the client behind it, go by. */
  private static ErrorReason reason(int status) {
    if (status == 429) {
      return ErrorReason.TOKEN_THROTTLED;
    }
    return status >= 500 ? ErrorReason.TOKEN_UNAVAILABLE : ErrorReason.TOKEN_REFUSED;
  }
}
