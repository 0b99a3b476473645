package io.podidentity.azure.arm;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where to look how a change goes on. A URL that is not Resource Manager's own is passed over: the
 * token would go there.
 */
record PollUrl(Kind kind, URI url) {

  /** What the URL answers. */
  enum Kind {
    /** An object with a {@code status}. */
    STATUS,
    /** 202 until the end, then the result. */
    LOCATION,
    /** The resource, with a {@code provisioningState}. */
    RESOURCE
  }

  /**
   * As the answer to the request says.
   *
   * @param resource the URL of what is changed
   */
  static PollUrl of(ArmAnswer accepted, URI resource, ArmHttp http) {
    URI status = trusted(accepted.header("Azure-AsyncOperation"), resource, http);
    if (status != null) {
      return new PollUrl(Kind.STATUS, status);
    }
    // With 200 it is no more than the address of the result.
    URI location =
        accepted.status() == 200 ? null : trusted(accepted.header("Location"), resource, http);
    return location != null
        ? new PollUrl(Kind.LOCATION, location)
        : new PollUrl(Kind.RESOURCE, resource);
  }

  /** The URL to look at next, which may be another each time. */
  PollUrl after(ArmAnswer answer, ArmHttp http) {
    @Nullable URI next =
        switch (kind) {
          case STATUS -> trusted(answer.header("Azure-AsyncOperation"), url, http);
          case LOCATION -> trusted(answer.header("Location"), url, http);
          case RESOURCE -> null;
        };
    return next == null ? this : new PollUrl(kind, next);
  }

  private static @Nullable URI trusted(@Nullable String header, URI base, ArmHttp http) {
    if (header == null || header.isBlank()) {
      return null;
    }
    try {
      URI url = base.resolve(header.trim());
      return http.isOurs(url) ? url : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
