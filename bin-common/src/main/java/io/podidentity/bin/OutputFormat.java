package io.podidentity.bin;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;

/** How a command prints its result. */
public enum OutputFormat {
  /** For people. */
  TEXT,
  /** For programs: one object. */
  JSON;

  /**
   * The format of that name.
   *
   * @param name {@code text} or {@code json}
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it is another
   */
  public static OutputFormat named(String name) {
    return switch (name) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw new PodIdentityException(
              ErrorReason.CONFIGURATION_INVALID, "--output must be text or json: " + name);
    };
  }
}
