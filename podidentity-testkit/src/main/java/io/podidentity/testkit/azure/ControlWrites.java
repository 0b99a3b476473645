package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The bodies of the control endpoint that say how writes go. */
final class ControlWrites {
  private ControlWrites() {}

  /**
   * How writes are carried out.
   *
   * @param resourceId the resource; null for all where nothing else is said
   * @param mode {@code synchronous}, {@code async-operation} or {@code location}
   * @param status null for the mode's usual one
   * @param durationMillis null for 0
   * @param retryAfterSeconds null sends no {@code Retry-After}
   */
  record Behaviour(
      @Nullable String resourceId,
      String mode,
      @Nullable Integer status,
      @Nullable Long durationMillis,
      @Nullable Long retryAfterSeconds) {
    Behaviour {
      requireNonNull(mode, "mode missing");
    }

    void apply(FakeArm arm) {
      Duration duration = Duration.ofMillis(durationMillis == null ? 0 : durationMillis);
      WriteBehaviour.Mode wanted =
          WriteBehaviour.Mode.valueOf(mode.toUpperCase(Locale.ROOT).replace('-', '_'));
      int usual = wanted == WriteBehaviour.Mode.LOCATION ? 202 : 200;
      WriteBehaviour behaviour =
          new WriteBehaviour(
              wanted,
              status == null ? usual : status,
              duration,
              retryAfterSeconds == null ? null : Duration.ofSeconds(retryAfterSeconds));
      if (resourceId == null) {
        arm.writes(behaviour);
      } else {
        arm.writes(resourceId, behaviour);
      }
    }
  }

  /**
   * Writes that are accepted and fail.
   *
   * @param resourceId the resource
   * @param times null for one
   * @param status what a synchronous write answers; null for 409
   * @param code the error's code
   * @param message the error's message
   */
  record Failure(
      String resourceId,
      @Nullable Integer times,
      @Nullable Integer status,
      String code,
      String message) {
    Failure {
      requireNonNull(resourceId, "resourceId missing");
      requireNonNull(code, "code missing");
      requireNonNull(message, "message missing");
    }

    void apply(FakeArm arm) {
      arm.failNextWrites(
          resourceId,
          times == null ? 1 : times,
          ArmError.of(status == null ? 409 : status, code, message));
    }
  }
}
