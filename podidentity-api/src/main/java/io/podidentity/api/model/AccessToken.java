package io.podidentity.api.model;

import java.time.Instant;
import java.util.Objects;

/**
 * A bearer token. It never prints its value.
 *
 * @param value the token
 * @param expiresOn when it ends
 * @param notBefore when it begins
 * @param resource the resource (audience) it is for, as the token service answered
 */
public record AccessToken(String value, Instant expiresOn, Instant notBefore, String resource) {
  /** Refuses null, and an empty token. */
  public AccessToken {
    Checks.notEmpty(value, "value");
    Objects.requireNonNull(expiresOn, "expiresOn");
    Objects.requireNonNull(notBefore, "notBefore");
    Objects.requireNonNull(resource, "resource");
  }

  @Override
  public String toString() {
    return "AccessToken[resource=" + resource + ", expiresOn=" + expiresOn + "]";
  }
}
