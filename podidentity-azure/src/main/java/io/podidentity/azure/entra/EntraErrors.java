package io.podidentity.azure.entra;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.http.Json;
import io.podidentity.azure.http.RetryAfter;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the token endpoint means. Of the body, messages hold OAuth's word and Entra ID's
 * number alone.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/reference-error-codes">Error
 *     codes</a>
 */
final class EntraErrors {
  private static final Pattern WORD = Pattern.compile("[a-z_]{1,64}");
  private static final Set<Integer> TRANSIENT = Set.of(408, 429);

  private EntraErrors() {}

  static PodIdentityException of(String whose, HttpResponse<byte[]> response, Instant now) {
    int status = response.statusCode();
    Map<?, ?> members = Json.object(response.body());
    String word = word(members);
    boolean refused =
        status >= 400
            && status < 500
            && !TRANSIENT.contains(status)
            && !word.equals("temporarily_unavailable");
    String advice = refused ? "; check the tenant, the client ID and its secret" : "";
    return new PodIdentityException(
        refused ? ErrorReason.TOKEN_REFUSED : ErrorReason.TOKEN_UNAVAILABLE,
        "cannot get a token for %s: Entra ID answered %d%s%s"
            .formatted(whose, status, shown(word, number(members)), advice),
        refused
            ? null
            : RetryAfter.parse(response.headers().firstValue("Retry-After").orElse(null), now),
        null);
  }

  /** OAuth's word for the error; empty if there is none that is fit to print. */
  private static String word(Map<?, ?> members) {
    String word = Json.text(members, "error");
    return word != null && WORD.matcher(word).matches() ? word : "";
  }

  private static String shown(String word, @Nullable Integer number) {
    String code = number == null ? "" : "AADSTS" + number;
    String both = word.isEmpty() || code.isEmpty() ? word + code : word + ", " + code;
    return both.isEmpty() ? "" : " (" + both + ")";
  }

  private static @Nullable Integer number(Map<?, ?> members) {
    Object codes = members.get("error_codes");
    return codes instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Integer first
        ? first
        : null;
  }
}
