package io.podidentity.e2e;

import io.podidentity.harness.Await;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A pod that asks for tokens 50 times a second, on new and on kept connections. */
final class ChaosPod implements AutoCloseable {

  private static final int PER_SECOND = 50;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern TOTALS =
      Pattern.compile("asked=(\\d+) tokens=(\\d+) refused=(\\d+)");

  /**
   * What it has done since its start.
   *
   * @param asked requests
   * @param tokens how many of them were answered 200
   * @param refused how many of them came to nothing else
   */
  record Totals(long asked, long tokens, long refused) {
    Totals plus(Totals other) {
      return new Totals(asked + other.asked, tokens + other.tokens, refused + other.refused);
    }
  }

  private final ManagedProcess client;

  private ChaosPod(ManagedProcess client) {
    this.client = client;
  }

  static ChaosPod start(TestPod pod) {
    return new ChaosPod(
        pod.network()
            .namespace()
            .inside(JavaProgram.of(ChaosClientMain.class, Integer.toString(PER_SECOND)))
            .start("chaos-" + pod.name()));
  }

  Totals totals() {
    List<String> lines = client.tail().lines().filter(line -> TOTALS.matcher(line).find()).toList();
    if (lines.isEmpty()) {
      return new Totals(0, 0, 0);
    }
    Matcher last = TOTALS.matcher(lines.get(lines.size() - 1));
    if (!last.find()) {
      throw new HarnessException("a line that matched matches no more");
    }
    return new Totals(number(last, 1), number(last, 2), number(last, 3));
  }

  /** Waits until it has asked so many times more. */
  void awaitRequests(int more) {
    long wanted = totals().asked() + more;
    Await.until("the pod goes on asking", LIMIT, () -> totals().asked() >= wanted);
  }

  /** Waits until it has got so many tokens more. */
  void awaitTokens(int more) {
    long wanted = totals().tokens() + more;
    Await.until("the pod gets tokens", LIMIT, () -> totals().tokens() >= wanted);
  }

  @Override
  public void close() {
    client.kill();
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group));
  }
}
