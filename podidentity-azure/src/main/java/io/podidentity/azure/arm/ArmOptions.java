package io.podidentity.azure.arm;

import java.time.Duration;

/**
 * How patient to be with Azure Resource Manager.
 *
 * @param callLimit how long one request may take with its whole answer; positive; default 5 min
 * @param operationLimit how long a change may take from its request to its end; positive; default
 *     15 min, as in AAD Pod Identity v1
 * @param pollInterval how long between two looks at a change that is under way, where Azure does
 *     not say; positive; default 5 s, as in v1
 */
public record ArmOptions(Duration callLimit, Duration operationLimit, Duration pollInterval) {
  /** 5 minutes, 15 minutes, 5 seconds. */
  public static final ArmOptions DEFAULT =
      new ArmOptions(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofSeconds(5));

  /** Refuses times that are not positive. */
  public ArmOptions {
    requirePositive(callLimit, "callLimit");
    requirePositive(operationLimit, "operationLimit");
    requirePositive(pollInterval, "pollInterval");
  }

  private static void requirePositive(Duration value, String name) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive");
    }
  }
}
