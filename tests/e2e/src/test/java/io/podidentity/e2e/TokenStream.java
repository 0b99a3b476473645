package io.podidentity.e2e;

import io.podidentity.harness.process.CommandFailedException;
import java.util.ArrayList;
import java.util.List;

/** A pod that asks for a token again and again, and notes what it is told. */
final class TokenStream implements AutoCloseable {

  /** What is noted where nobody answers: the pod may try again, as clients do. */
  static final String NOBODY = "nobody answers";

  /** What is noted where it is told to come again: 503 with {@code Retry-After}. */
  static final String AGAIN = "come again";

  private final TestPod pod;
  private final List<String> answers = new ArrayList<>();
  private final Thread thread;
  private volatile boolean ended;

  private TokenStream(TestPod pod) {
    this.pod = pod;
    this.thread = new Thread(this::run, "tokens of " + pod.name());
  }

  static TokenStream of(TestPod pod) {
    TokenStream stream = new TokenStream(pod);
    stream.thread.start();
    return stream;
  }

  private void run() {
    while (!ended) {
      String answer = ask();
      synchronized (answers) {
        answers.add(answer);
      }
    }
  }

  private String ask() {
    try {
      var answer = pod.askForToken();
      if (answer.status() == 503 && answer.header("Retry-After") != null) {
        return AGAIN;
      }
      return answer.status() == 200
          ? TokenAnswer.parse(answer.body()).clientId()
          : answer.status() + " " + answer.body();
    } catch (CommandFailedException e) {
      return NOBODY;
    }
  }

  /**
   * The answers so far, and no more of them: client IDs, errors, {@link #NOBODY}, {@link #AGAIN}.
   */
  List<String> take() {
    synchronized (answers) {
      List<String> taken = List.copyOf(answers);
      answers.clear();
      return taken;
    }
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
