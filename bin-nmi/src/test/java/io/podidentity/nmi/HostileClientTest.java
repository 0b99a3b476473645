package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.bin.http.ServerLimits;
import io.podidentity.nmi.TestNmi.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a pod can do to the server with bytes. It gets an answer or a closed connection, it costs
 * little, and other pods are served meanwhile.
 */
class HostileClientTest {
  private static final String POD = "127.0.0.2";
  private static final String HELD = "127.0.0.3";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String ONE =
      "GET " + TOKEN + " HTTP/1.1\r\nHost: x\r\n" + METADATA + "\r\n\r\n";

  private TestNmi nmi = new TestNmi();

  @BeforeEach
  void putPods() {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.pod("held", HELD);
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  // RFC 9112, sections 2.2, 3 to 6 and 9.2, and RFC 9113, section 3.4.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET %s&x=%l HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nX: %l\r\n\r\n",
        "%l %s HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: x\r\nMetadata : true\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nX: a\u0000b\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nContent-Length: -1\r\n\r\n",
        "GET %s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET %s HTTP/2.0\r\nHost: x\r\nMetadata: true\r\n\r\n",
        "GET %s HTTP/1.1x\r\nHost: x\r\nMetadata: true\r\n\r\n",
        "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
        "\r\n",
      })
  void whatIsNoRequestIs400AndTheConnectionEnds(String bytes) throws IOException {
    String all = bytes.replace("%s", TOKEN).replace("%l", "x".repeat(20_000));

    assertThat(statuses(all)).containsExactly(400);
    awaitNothingLeft();
    assertThat(nmi.fetched).isEmpty();
    // Lines are written in the order of the requests.
    nmi.from(POD).get(TOKEN, METADATA).read();
    Eventually.isTrue("the line of the next one", () -> !nmi.accessLog.isEmpty());
    assertThat(nmi.accessLog).hasSize(1);
  }

  @Test
  void tooManyHeadersAre400() throws IOException {
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      headers.append("X-").append(i).append(": 1\r\n");
    }
    String bytes = ONE.replace("\r\n\r\n", "\r\n" + headers + "\r\n");

    assertThat(statuses(bytes)).containsExactly(400);
  }

  @Test
  void tooManyParametersAre400() throws IOException {
    StringBuilder query = new StringBuilder(TOKEN);
    for (int i = 0; i < 32; i++) {
      query.append("&p").append(i).append("=1");
    }
    String bytes = ONE.replace(TOKEN, query);

    assertThat(statuses(bytes)).containsExactly(400);
  }

  @Test
  void pathOrQueryThatNobodyNeedsSoLongIsRefused() throws IOException {
    RawHttp pod = nmi.from(POD);

    assertThat(pod.get(TOKEN + "&x=" + "y".repeat(2048), METADATA).read().body())
        .isEqualTo("the query is longer than 2048 characters\n");
    assertThat(
            pod.get("/metadata/identity/oauth2/token" + "y".repeat(1024))
                .read()
                .header("X-Pod-Identity-Error"))
        .isEqualTo("path-refused");
    assertThat(nmi.accessLog).allMatch(line -> line.length() < 1024);
  }

  @ParameterizedTest
  @MethodSource("badBodies")
  void bodyThatCannotBeReadDoesNotKeepTheAnswerBackAndEndsTheConnection(String rest, boolean atOnce)
      throws IOException {
    CountDownLatch mayFetch = new CountDownLatch(1);
    if (atOnce) {
      assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
    } else {
      nmi.tokens(query -> tokenAfter(mayFetch, query));
    }
    int fetches = nmi.fetched.size();
    RawHttp pod =
        nmi.from(POD).write(ONE.replace("\r\n\r\n", "\r\n" + rest).replace("GET", "POST"));
    if (!atOnce) {
      Eventually.isTrue("the token is fetched", () -> nmi.fetched.size() > fetches);
      mayFetch.countDown();
    }

    assertThat(pod.read().status()).isEqualTo(200);
    assertThat(pod.isOver(20_000)).isTrue();
    pod.close();
    Eventually.isTrue("no request is under way", () -> nmi.inFlight() == 0);
  }

  static Stream<Arguments> badBodies() {
    return Stream.of(
            // Taken for the last chunk, with an extension: an empty line is not there.
            "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
            "Transfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "Content-Length: 9\r\n\r\n",
            "Content-Length: 9\r\n\r\n1234",
            "Content-Length: 99999999999\r\n\r\nx",
            "Content-Length: 99999999999999999999999\r\n\r\nx")
        .flatMap(rest -> Stream.of(arguments(rest, true), arguments(rest, false)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "Content-Length: 5\r\n\r\nhello",
      })
  void bodyThatIsThereIsSkippedAndTheConnectionGoesOn(String rest) throws IOException {
    RawHttp pod = nmi.from(POD);
    assertThat(pod.get(TOKEN, METADATA).read().status()).isEqualTo(200);
    pod.write(ONE.replace("\r\n\r\n", "\r\n" + rest).replace("GET", "POST"));

    assertThat(pod.read().status()).isEqualTo(200);
    assertThat(pod.get(TOKEN, METADATA).read().status()).isEqualTo(200);
  }

  @Test
  void requestThatNeverEndsIsGivenUpInTime() throws IOException {
    restart(new ServerLimits(ms(400), HOUR, HOUR, 10, 100));
    RawHttp slow = nmi.from(POD).write("GET " + TOKEN + " HTTP/1.1\r\n");
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();

    // However often something comes.
    boolean taken = true;
    while (taken && System.nanoTime() < end) {
      taken = slow.tryToWrite("X: y\r\n") && !slow.isOver(50);
    }

    assertThat(taken).as("it is still read").isFalse();
    Eventually.isTrue("nothing is left of it", () -> nmi.connectionsOpen() == 0);
  }

  @Test
  void connectionWithoutARequestIsClosedInTime() throws IOException {
    restart(new ServerLimits(HOUR, ms(300), HOUR, 10, 100));
    RawHttp fresh = nmi.from(POD);
    RawHttp used = nmi.from(POD);
    assertThat(used.get(TOKEN, METADATA).read().status()).isEqualTo(200);

    assertThat(fresh.isOver(20_000)).isTrue();
    assertThat(used.isOver(20_000)).isTrue();
    Eventually.isTrue("nothing is left of them", () -> nmi.connectionsOpen() == 0);
  }

  @Test
  void clientThatTakesNoAnswersIsGivenUpInTime() throws IOException {
    restart(new ServerLimits(HOUR, HOUR, ms(400), 10, 100));
    RawHttp greedy = nmi.from(POD);
    assertThat(greedy.get(TOKEN, METADATA).read().status()).isEqualTo(200);

    // Far more than the socket's buffers hold, of requests and of answers.
    Thread writer = new Thread(() -> greedy.tryToWrite(ONE.repeat(100_000)));
    writer.start();

    awaitNothingLeft();
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws IOException {
    int many = 1000;
    String last = "GET /metadata%5cx HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    RawHttp pod = nmi.from(POD);
    assertThat(pod.get(TOKEN, METADATA).read().status()).isEqualTo(200);
    Thread writer = new Thread(() -> pod.tryToWrite(ONE.repeat(many) + last));
    writer.start();

    for (int i = 0; i < many; i++) {
      assertThat(pod.read().status()).isEqualTo(200);
    }
    assertThat(pod.read().status()).isEqualTo(400);
    assertThat(pod.isAtEnd()).isTrue();
  }

  // The end of the stream is behind what it sent, and is seen all the same.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /next HTTP/1.1\r\n",
        "GET /next HTTP/1.1\r\nHost: x\r\n\r\nGET /more HTTP/1.1\r\n\r\n",
      })
  void clientThatSentAheadAndHangsUpWhileItWaitsFreesItsEntry(String ahead) throws IOException {
    for (boolean together : new boolean[] {true, false}) {
      RawHttp held = nmi.from(HELD).write(together ? ONE + ahead : ONE);
      Eventually.isTrue("it waits", () -> nmi.cluster.waiting() == 1);
      held.tryToWrite(together ? "" : ahead);

      held.close();

      awaitNothingLeft();
    }
  }

  @Test
  void clientWithABodyThatHangsUpWhileItWaitsFreesItsEntry() throws IOException {
    String head = ONE.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\n");
    for (String body : List.of("", "1234", "123456789", "123456789GET / HTTP/1.1\r\n")) {
      RawHttp held = nmi.from(HELD).write(head + body);
      Eventually.isTrue("it waits", () -> nmi.cluster.waiting() == 1);

      held.close();

      awaitNothingLeft();
    }
  }

  @Test
  void clientWithABodyIsAnsweredAfterItsWaitAndTheConnectionEnds() throws IOException {
    String head = ONE.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\n");
    RawHttp held = nmi.from(HELD).write(head + "1234");
    Eventually.isTrue("it waits", () -> nmi.cluster.waiting() == 1);
    held.write("56789");

    nmi.timer.advance(TestNmi.HOLDS.untilAssigned());

    assertThat(held.read().header("X-Pod-Identity-Error")).isEqualTo("identity-not-bound");
    assertThat(held.isAtEnd()).isTrue();
    held.close();
    awaitNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Content-Length: 999999\r\n"})
  void clientThatGoesOnSendingWhileItWaitsIsCutOff(String header) throws IOException {
    RawHttp held = nmi.from(HELD).write(ONE.replace("\r\n\r\n", "\r\n" + header + "\r\n"));
    Eventually.isTrue("it waits", () -> nmi.cluster.waiting() == 1);

    boolean taken = true;
    for (int i = 0; i < 10_000 && taken; i++) {
      taken = held.tryToWrite("x".repeat(4096));
    }

    assertThat(taken).as("it is still read").isFalse();
    awaitNothingLeft();
  }

  @Test
  void twoThousandIdleConnectionsCostLittleAndDelayNobody() throws IOException {
    Runtime.getRuntime().gc();
    int threads = HeldRequestsCostTest.liveThreads();
    long before = HeldRequestsCostTest.usedMemory();
    for (int i = 0; i < 2000; i++) {
      nmi.from("127.0.1." + (1 + i % 4));
    }
    Eventually.isTrue("all are open", () -> nmi.connectionsOpen() == 2000);

    // The clients' ends are counted too: they are of this process.
    assertThat(HeldRequestsCostTest.usedMemory() - before).as("bytes").isLessThan(16L << 20);
    HeldRequestsCostTest.awaitNoMoreThreadsThan(threads);
    assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
  }

  // v1's port answers each of 2,000; here one pod is told to stop.
  @Test
  void oneAddressCannotUseUpAllConnections() throws IOException {
    restart(new ServerLimits(HOUR, HOUR, HOUR, 40, 200));
    for (int i = 0; i < 200; i++) {
      nmi.from("127.0.1.1");
    }
    Eventually.isTrue("its share is open", () -> nmi.connectionsOpen() == 40);

    for (int pod = 2; pod < 12; pod++) {
      for (int i = 0; i < 200; i++) {
        nmi.from("127.0.1." + pod);
      }
    }
    assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
    assertThat(nmi.connectionsOpen()).isLessThanOrEqualTo(300);
  }

  /** One pod sends as many requests as it can, each as costly as it can be made. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET %t HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nX: %7000\r\n\r\n",
        "GET %t&x=%1900 HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n",
        "GET %t HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\nGET / HTTP/1.1\r\nX: %3500",
        "GET %t HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nX: %7000",
      })
  void thousandRequestsOfOnePodFitIntoTheHeap(String costly) throws IOException {
    restart(new ServerLimits(HOUR, HOUR, HOUR, 1024, 4096));
    String bytes =
        costly
            .replace("%t", TOKEN)
            .replace("%7000", "x".repeat(7000))
            .replace("%3500", "x".repeat(3500))
            .replace("%1900", "x".repeat(1900));
    long before = HeldRequestsCostTest.usedMemory();
    for (int i = 0; i < 1000; i++) {
      nmi.from(HELD).write(bytes);
    }
    Eventually.isTrue("all are open", () -> nmi.connectionsOpen() == 1000);
    int complete = bytes.contains("\r\n\r\n") ? 1000 : 0;
    Eventually.isTrue("all wait", () -> nmi.cluster.waiting() == complete);

    // Of 64 MiB, half of which is free. The clients' ends are of this process.
    assertThat(HeldRequestsCostTest.usedMemory() - before).as("bytes").isLessThan(20L << 20);
    assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
  }

  /** Of all answers to that, until the connection is closed from the other side. */
  private List<Integer> statuses(String bytes) throws IOException {
    try (RawHttp pod = nmi.from(POD)) {
      return pod.writeAndDrain(bytes);
    }
  }

  private static AccessToken tokenAfter(CountDownLatch mayFetch, TokenQuery query) {
    try {
      assertThat(mayFetch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return TestNmi.tokenFor(query);
  }

  private void restart(ServerLimits limits) throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT.withLimits(limits));
    putPods();
  }

  private void awaitNothingLeft() {
    Eventually.isTrue("no request is under way", () -> nmi.inFlight() == 0);
    Eventually.isTrue("no connection is open", () -> nmi.connectionsOpen() == 0);
    Eventually.isTrue("nothing waits", () -> nmi.cluster.waiting() == 0);
  }

  private static Duration ms(int millis) {
    return Duration.ofMillis(millis);
  }
}
