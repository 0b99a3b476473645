package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends exchanges whose answer may take a while. No thread waits. */
final class Later {
  private static final Logger log = LoggerFactory.getLogger(Later.class);

  private Later() {}

  /**
   * Sends the answer when it is there: at once, on this thread, if it is already. A client that
   * hangs up cancels the future.
   *
   * @param toAnswer makes the answer of the future's value or its error
   */
  static <T> void send(
      HttpServerExchange exchange,
      CompletableFuture<T> future,
      BiFunction<@Nullable T, @Nullable Throwable, Answer> toAnswer) {
    if (future.isDone()) {
      Exchanges.send(exchange, answerNow(future, toAnswer));
    } else {
      // After the handlers have returned: only then is the exchange another thread's to end.
      exchange.dispatch(
          SameThreadExecutor.INSTANCE,
          () -> await(exchange, future, (value, error) -> sending(answer(toAnswer, value, error))));
    }
  }

  /**
   * Ends the exchange as the future says when it is there, on the exchange's I/O thread. A client
   * that hangs up cancels the future.
   *
   * @param ending must not fail
   */
  static void end(
      HttpServerExchange exchange, CompletableFuture<Consumer<HttpServerExchange>> ending) {
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () ->
            await(
                exchange,
                ending,
                (how, error) -> how == null ? HttpServerExchange::endExchange : how));
  }

  private static <T> void await(
      HttpServerExchange exchange,
      CompletableFuture<T> future,
      BiFunction<@Nullable T, @Nullable Throwable, Consumer<HttpServerExchange>> toEnding) {
    HangUp watch = HangUp.watch(exchange, () -> future.cancel(true));
    var unused =
        future.whenComplete(
            (value, error) -> {
              Consumer<HttpServerExchange> ending = toEnding.apply(value, error);
              exchange.getIoThread().execute(() -> end(exchange, watch, ending));
            });
  }

  private static void end(
      HttpServerExchange exchange, HangUp watch, Consumer<HttpServerExchange> ending) {
    if (exchange.getConnection().isOpen()) {
      watch.stop();
      ending.accept(exchange);
    } else {
      // Runs the exchange's listeners, such as the count of those in flight.
      exchange.endExchange();
    }
  }

  private static Consumer<HttpServerExchange> sending(Answer answer) {
    return exchange -> Exchanges.send(exchange, answer);
  }

  private static <T> Answer answerNow(
      CompletableFuture<T> done, BiFunction<@Nullable T, @Nullable Throwable, Answer> toAnswer) {
    T value;
    try {
      value = done.join();
    } catch (CompletionException | CancellationException e) {
      return answer(toAnswer, null, e);
    }
    return answer(toAnswer, value, null);
  }

  private static <T> Answer answer(
      BiFunction<@Nullable T, @Nullable Throwable, Answer> toAnswer,
      @Nullable T value,
      @Nullable Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    try {
      return toAnswer.apply(value, cause);
    } catch (RuntimeException | Error e) {
      // A future would swallow it, and the client would wait for ever.
      log.error("cannot make an answer", e);
      return ErrorResponses.internal().answer();
    }
  }
}
