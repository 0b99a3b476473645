package io.podidentity.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.TestHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorServerTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Instant NOW = Instant.parse("2020-07-29T00:00:00Z");

  private final AtomicInteger handled = new AtomicInteger();
  private final SimulatorServer server =
      SimulatorServer.start(
          "test",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          null,
          MutableClock.startingAt(NOW),
          request -> {
            handled.incrementAndGet();
            return CompletableFuture.completedFuture(
                Reply.json(200, Map.of("path", request.path())));
          });
  private final TestHttp http = TestHttp.plain();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void recordsRequestsAsTheyWereSent() throws IOException {
    http.send("PUT", url("/A/%2fb?x=1&x=2&y=a%20b"), "hello", "X-Test", "v");

    RecordedRequest request = server.requests().all().get(0);
    assertThat(request.number()).isEqualTo(1);
    assertThat(request.at()).isEqualTo(NOW);
    assertThat(request.source()).isEqualTo("127.0.0.1");
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.path()).isEqualTo("/A/%2fb");
    assertThat(request.queryParameters())
        .isEqualTo(Map.of("x", List.of("1", "2"), "y", List.of("a b")));
    assertThat(request.header("x-TEST")).contains("v");
    assertThat(request.body()).isEqualTo("hello");
  }

  @Test
  void keepsTheLastTenThousandRequestsAndCountsAll() {
    RequestLog log = new RequestLog();
    for (int i = 1; i <= 10_001; i++) {
      log.add(new RecordedRequest(i, NOW, "127.0.0.1", "GET", "/", "", Map.of(), ""));
    }
    assertThat(log.all()).hasSize(10_000);
    assertThat(log.all().get(0).number()).isEqualTo(2);
    assertThat(log.total()).isEqualTo(10_001);
    assertThat(log.since(10_000)).hasSize(1);
  }

  @Test
  void keepsDoubledSlashesInPaths() throws IOException {
    assertThat(http.get(url("//metadata/x")).body()).contains("//metadata/x");
  }

  @Test
  void requestsDoNotPrintHeadersOrBodies() throws IOException {
    http.send("POST", url("/x"), "client_secret=hunter2", "Authorization", "Bearer abc");
    assertThat(server.requests().all().toString()).doesNotContain("hunter2").doesNotContain("abc");
  }

  @Test
  void faultIsUsedUpAfterItsTimes() throws IOException {
    server.faults().next(2, Fault.reply(Reply.text(429, "slow down").retryAfter(SOON)));

    HttpResponse<String> first = http.get(url("/"));
    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("Retry-After")).contains("10");
    assertThat(first.body()).isEqualTo("slow down");
    assertThat(http.get(url("/")).statusCode()).isEqualTo(429);
    assertThat(http.get(url("/")).statusCode()).isEqualTo(200);
    assertThat(handled).hasValue(1);
    assertThat(server.requests().all()).hasSize(3);
  }

  @Test
  void faultWaitsForTheRequestItIsFor() throws IOException {
    server.faults().next(Fault.status(503).on("GET", "/LATER"));

    assertThat(http.get(url("/now")).statusCode()).isEqualTo(200);
    assertThat(http.send("PUT", url("/later"), "").statusCode()).isEqualTo(200);
    assertThat(http.get(url("/later")).statusCode()).isEqualTo(503);
    assertThat(server.faults().pending()).isZero();
  }

  @Test
  void faultForEverEndsWithClear() throws IOException {
    server.faults().always(Fault.status(500));
    assertThat(http.get(url("/")).statusCode()).isEqualTo(500);
    assertThat(http.get(url("/")).statusCode()).isEqualTo(500);
    server.faults().clear();
    assertThat(http.get(url("/")).statusCode()).isEqualTo(200);
  }

  @Test
  void truncatedReplyFailsInTheClientAfterItsHeaders() {
    server.faults().next(Fault.of(Fault.Kind.TRUNCATED));
    assertThatThrownBy(() -> http.get(url("/"))).isInstanceOf(IOException.class);
    assertThat(handled).hasValue(1);
  }

  @Test
  void garbageIsNoJson() throws IOException {
    server.faults().next(Fault.of(Fault.Kind.GARBAGE));
    HttpResponse<String> answer = http.get(url("/"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> TestHttp.json(answer)).isInstanceOf(RuntimeException.class);
    assertThat(handled).hasValue(0);
  }

  @Test
  void hangUpEndsTheConnectionBeforeOrAfterTheWorkIsDone() {
    // Not GET: the JDK's client repeats that by itself when a connection ends.
    server.faults().next(Fault.of(Fault.Kind.HANG_UP));
    assertThatThrownBy(() -> http.send("PATCH", url("/"), "x")).isInstanceOf(IOException.class);
    assertThat(handled).hasValue(0);

    server.faults().next(Fault.of(Fault.Kind.HANG_UP_AFTERWARDS));
    assertThatThrownBy(() -> http.send("PATCH", url("/"), "x")).isInstanceOf(IOException.class);
    assertThat(handled).hasValue(1);
  }

  @Test
  void slowReplyComesAfterItsDelay() throws IOException {
    server.faults().next(Fault.slow(Duration.ofMillis(150)));
    long start = System.nanoTime();
    assertThat(http.get(url("/")).statusCode()).isEqualTo(200);
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(145));
  }

  @Test
  void holdStopsRequestsBeforeTheyAreHandled() throws Exception {
    try (Hold hold = server.faults().hold(Hold.Point.BEFORE_HANDLING, request -> true)) {
      CompletableFuture<Integer> answer = status("/");
      assertThat(hold.awaitArrivals(1, SOON)).hasSize(1);
      assertThat(handled).hasValue(0);
      assertThat(answer).isNotDone();
      hold.release();
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(200);
      assertThat(status("/").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  @Test
  void holdStopsAnswersAfterTheWorkIsDone() throws Exception {
    Hold hold =
        server.faults().hold(Hold.Point.BEFORE_ANSWER, request -> request.path().equals("/held"));
    CompletableFuture<Integer> answer = status("/held");
    hold.awaitArrivals(1, SOON);
    assertThat(handled).hasValue(1);
    assertThat(answer).isNotDone();
    assertThat(status("/other").get(10, TimeUnit.SECONDS)).isEqualTo(200);
    server.faults().clear();
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(200);
  }

  @Test
  void waitingForRequestsEndsWithTheReasonWhenNoneCome() {
    assertThatThrownBy(() -> server.requests().await(1, request -> true, Duration.ofMillis(20)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 matching requests");
  }

  @Test
  void waitingForRequestsReturnsThemAsSoonAsTheyAreThere() throws Exception {
    CompletableFuture<List<RecordedRequest>> found =
        CompletableFuture.supplyAsync(
            () -> server.requests().await(2, Requests.matching("GET", "/w"), SOON));
    http.get(url("/w1"));
    http.get(url("/x"));
    http.get(url("/w2"));
    assertThat(found.get(10, TimeUnit.SECONDS))
        .extracting(RecordedRequest::path)
        .containsExactly("/w1", "/w2");
  }

  @Test
  void brokenHandlerIsA500WithTheReason() throws IOException {
    try (SimulatorServer broken =
        SimulatorServer.start(
            "broken",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            MutableClock.startingAt(NOW),
            request -> {
              throw new IllegalStateException("on purpose");
            })) {
      HttpResponse<String> answer = http.get(broken.uri() + "/");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).contains("on purpose");
    }
  }

  @Test
  void portInUseIsNamed() {
    assertThatThrownBy(
            () ->
                SimulatorServer.start(
                    "second",
                    server.address(),
                    null,
                    MutableClock.startingAt(NOW),
                    request -> CompletableFuture.completedFuture(Reply.empty(200))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("second")
        .hasMessageContaining(Integer.toString(server.address().getPort()));
  }

  private CompletableFuture<Integer> status(String path) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return http.get(url(path)).statusCode();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private String url(String path) {
    return server.uri() + path;
  }
}
