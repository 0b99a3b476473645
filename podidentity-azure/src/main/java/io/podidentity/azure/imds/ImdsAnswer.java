package io.podidentity.azure.imds;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.azure.http.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer with a token. All its values are strings, numbers too; a number is taken as well.
 *
 * @see <a
 *     href="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#get-a-token-using-http">
 *     Get a token using HTTP</a>
 */
final class ImdsAnswer {
  private ImdsAnswer() {}

  static AccessToken token(byte[] body, TokenQuery query, String whose) {
    Map<?, ?> members = Json.object(body);
    String value = Json.text(members, "access_token");
    Instant expiresOn = time(Json.text(members, "expires_on"));
    if (value == null || value.isEmpty() || expiresOn == null) {
      throw new PodIdentityException(
          ErrorReason.TOKEN_UNAVAILABLE,
          ("cannot get a token for %s: the metadata service answered 200, but not with the JSON that"
                  + " holds a token; look for something else that listens at its address")
              .formatted(whose));
    }
    Instant notBefore = time(Json.text(members, "not_before"));
    String resource = Json.text(members, "resource");
    return new AccessToken(
        value,
        expiresOn,
        notBefore == null ? Instant.EPOCH : notBefore,
        resource == null ? query.resource() : resource);
  }

  private static @Nullable Instant time(@Nullable String epochSecond) {
    try {
      return epochSecond == null ? null : Instant.ofEpochSecond(Long.parseLong(epochSecond));
    } catch (NumberFormatException | DateTimeException e) {
      return null;
    }
  }
}
