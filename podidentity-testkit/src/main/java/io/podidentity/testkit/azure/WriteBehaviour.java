package io.podidentity.testkit.azure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How Resource Manager carries out a PATCH. Immutable.
 *
 * <p>Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations.
 *
 * @param mode how the caller learns of the end
 * @param status what is answered at once: 200, 201 or 202; a {@code SYNCHRONOUS} answer is always
 *     200
 * @param duration how long the write takes; zero ends it at once. In {@code SYNCHRONOUS} mode the
 *     answer is held back that long in real time; otherwise the clock of {@link FakeAzure} counts
 * @param retryAfter sent as {@code Retry-After} with the answer and while in progress; null sends
 *     none
 */
public record WriteBehaviour(
    Mode mode, int status, Duration duration, @Nullable Duration retryAfter) {

  /** How the caller learns of the end. */
  public enum Mode {
    /** The answer comes when it is done. */
    SYNCHRONOUS,
    /** By polling the URL in the header {@code Azure-AsyncOperation}. */
    ASYNC_OPERATION,
    /** By polling the URL in the header {@code Location}. */
    LOCATION
  }

  /** Refuses what Resource Manager does not do. */
  public WriteBehaviour {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration must not be negative: " + duration);
    }
    if (mode == Mode.SYNCHRONOUS ? status != 200 : status < 200 || status > 202) {
      throw new IllegalArgumentException("status " + status + " does not go with " + mode);
    }
  }

  /** Done before the answer. */
  public static WriteBehaviour synchronous(Duration duration) {
    return new WriteBehaviour(Mode.SYNCHRONOUS, 200, duration, null);
  }

  /** 200 with {@code Azure-AsyncOperation} and {@code Retry-After: 1}. */
  public static WriteBehaviour asyncOperation(Duration duration) {
    return new WriteBehaviour(Mode.ASYNC_OPERATION, 200, duration, Duration.ofSeconds(1));
  }

  /** 202 with {@code Location} and {@code Retry-After: 1}. */
  public static WriteBehaviour location(Duration duration) {
    return new WriteBehaviour(Mode.LOCATION, 202, duration, Duration.ofSeconds(1));
  }

  /** The same, answered with another status. */
  public WriteBehaviour withStatus(int newStatus) {
    return new WriteBehaviour(mode, newStatus, duration, retryAfter);
  }

  /** The same with another {@code Retry-After}; null for none. */
  public WriteBehaviour withRetryAfter(@Nullable Duration wait) {
    return new WriteBehaviour(mode, status, duration, wait);
  }
}
