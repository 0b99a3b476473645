package io.podidentity.api.token;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Puts together an answer out of steps that may take a while. */
final class Steps {
  private Steps() {}

  /**
   * Whether a step has its value. Nearly every request finds all of them, and goes on without what
   * a wait needs: in the first compiler tier that would cost as much as all the rest.
   */
  static boolean isThere(CompletableFuture<?> step) {
    return step.isDone() && !step.isCompletedExceptionally();
  }

  /**
   * Goes on with a step's value, on this thread if it is there already. A failure of the step, or
   * of what follows, is the answer's; an answer that is complete (cancelled, closed) ends the step.
   */
  static <T> void then(CompletableFuture<?> answer, CompletableFuture<T> step, Consumer<T> next) {
    if (!step.isDone()) {
      var unused = answer.whenComplete((grant, error) -> step.cancel(false));
    }
    var unused =
        step.whenComplete(
            (value, error) -> {
              if (error != null) {
                answer.completeExceptionally(unwrap(error));
              } else {
                attempt(answer, next, value);
              }
            });
  }

  /** An error must end the request: whoever waits for it would wait for ever. */
  static <T> void attempt(CompletableFuture<?> answer, Consumer<T> step, T value) {
    try {
      step.accept(value);
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  private static Throwable unwrap(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
