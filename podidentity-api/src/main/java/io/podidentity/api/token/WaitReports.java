package io.podidentity.api.token;

import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Reports how long requests wait for a step of theirs. Thread-safe. */
record WaitReports(Clock clock, Telemetry telemetry) {

  /**
   * The step, whose end is reported before anything that depends on what is returned goes on; one
   * that is there already is no wait. Cancelling what is returned cancels the step.
   */
  <T> CompletableFuture<T> report(WaitReason reason, CompletableFuture<T> step) {
    if (step.isDone()) {
      return step;
    }
    Instant start = clock.instant();
    telemetry.requestWaits(reason);
    CompletableFuture<T> reported = new CompletableFuture<>();
    var unused =
        step.whenComplete(
            (value, error) -> {
              telemetry.requestWaited(reason, Duration.between(start, clock.instant()));
              if (error == null) {
                reported.complete(value);
              } else {
                reported.completeExceptionally(error);
              }
            });
    var unusedToo = reported.whenComplete((value, error) -> step.cancel(false));
    return reported;
  }
}
