package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.IdentityChoice;
import java.util.Objects;

/**
 * A request for a token.
 *
 * @param caller who asks
 * @param choice which identity is asked for
 * @param resource the resource (audience) that the token shall be for; not empty
 */
public record TokenRequest(Caller caller, IdentityChoice choice, String resource) {
  /**
   * Checks the parts.
   *
   * @throws PodIdentityException with {@code INVALID_REQUEST} if the resource is empty
   */
  public TokenRequest {
    Objects.requireNonNull(caller, "caller");
    Objects.requireNonNull(choice, "choice");
    if (resource.isEmpty()) {
      throw new PodIdentityException(
          ErrorReason.INVALID_REQUEST, "parameter resource cannot be empty");
    }
  }
}
