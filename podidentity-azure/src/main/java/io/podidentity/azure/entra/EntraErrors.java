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
    Integer number = number(members);
    String advice = refused ? "; " + advice(number == null ? 0 : number) : "";
    return new PodIdentityException(
        refused ? ErrorReason.TOKEN_REFUSED : ErrorReason.TOKEN_UNAVAILABLE,
        "cannot get a token for %s: Entra ID answered %d%s%s"
            .formatted(whose, status, shown(word, number), advice),
        refused
            ? null
            : RetryAfter.parse(response.headers().firstValue("Retry-After").orElse(null), now),
        null);
  }

  private static String advice(int number) {
    return switch (number) {
      case 90002, 900023 ->
          "there is no such tenant; check the tenant ID, and whether it is in another cloud";
      case 700016 ->
          "this tenant does not know the application; check the client ID and the tenant ID";
      case 7000215 -> "the client secret is wrong; give its value, not its ID";
      case 7000222 -> "the client secret has expired; make a new one";
      case 700027 ->
          "the certificate is not one of the application's; upload it there, or renew it";
      case 7000112 -> "the application is disabled";
      case 70011, 500011, 1002012 -> "check the resource that was asked for";
      default -> "check the tenant, the client ID and its secret";
    };
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
