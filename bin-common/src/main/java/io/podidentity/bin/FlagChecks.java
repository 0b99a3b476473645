package io.podidentity.bin;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;

/** Says in one clear line which flag's value cannot be. */
public final class FlagChecks {
  private static final int MAX_PORT = 65535;

  private FlagChecks() {}

  /**
   * Checks a value.
   *
   * @param message what is expected, with the flag's name
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} and that message if it does not
   *     hold
   */
  public static void require(boolean holds, String message) {
    if (!holds) {
      throw new PodIdentityException(ErrorReason.CONFIGURATION_INVALID, message);
    }
  }

  /**
   * Checks a port.
   *
   * @param flag its name with dashes
   * @param least 0 if any free one may be taken, else 1
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if there is no such port
   */
  public static void requirePort(String flag, int port, int least) {
    // Not a format: the first one of a start costs some milliseconds.
    require(
        port >= least && port <= MAX_PORT,
        flag + " must be " + least + " to " + MAX_PORT + ": " + port);
  }
}
