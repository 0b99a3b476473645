package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are no token requests. v1 (defaultPathHandler in pkg/nmi/server/server.go) passes
 * them on for anybody, with any method; here only what is harmless passes.
 */
class MetadataEndpointTest {
  private static final String NODE = "127.0.0.1";
  private static final String POD = "127.0.0.2";
  private static final String COMPUTE = "/metadata/instance/compute?api-version=2021-02-01";

  private volatile CompletableFuture<Reply> next =
      CompletableFuture.completedFuture(
          Reply.json(200, Map.of("vmId", "x")).with("X-Ms-Thing", "kept"));
  private final SimulatorServer imds =
      SimulatorServer.start(
          "imds",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          null,
          Clock.systemUTC(),
          request -> answer());
  private TestNmi nmi = new TestNmi(Settings.DEFAULT.withMetadata(imds.uri()));

  private final AtomicInteger answering = new AtomicInteger();

  private CompletableFuture<Reply> answer() {
    CompletableFuture<Reply> reply = next;
    answering.incrementAndGet();
    return reply;
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
    imds.close();
  }

  @Test
  void podAndNodeGetWhatTheServiceAnswers() throws IOException {
    nmi.pod("web", POD);

    for (String source : List.of(POD, NODE)) {
      Received reply = nmi.from(source).get(COMPUTE, METADATA).read();

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEqualTo("{\"vmId\":\"x\"}");
      assertThat(reply.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
      assertThat(reply.header("X-Ms-Thing")).isEqualTo("kept");
    }
    assertThat(imds.requests().all()).hasSize(2);
  }

  // X-Forwarded-For makes IMDS refuse a request:
  // https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
  @Test
  void requestIsPassedOnWithItsHeadersAndWithoutAnyOfAProxy() throws IOException {
    nmi.pod("web", POD);

    nmi.from(POD)
        .get(
            COMPUTE + "&format=json",
            METADATA,
            "X-Ms-Client-Request-Id: a",
            "X-Original-URL: /metadata/identity/oauth2/token",
            "X-HTTP-Method-Override: POST",
            "Connection: keep-alive, X-Hop",
            "X-Hop: 1",
            "TE: trailers",
            "Proxy-Authorization: secret")
        .read();

    RecordedRequest request = imds.requests().all().get(0);
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.path()).isEqualTo("/metadata/instance/compute");
    assertThat(request.query()).isEqualTo("api-version=2021-02-01&format=json");
    assertThat(request.header("Metadata")).hasValue("true");
    assertThat(request.header("X-Ms-Client-Request-Id")).hasValue("a");
    assertThat(request.header("Host")).hasValue("127.0.0.1:" + imds.address().getPort());
    assertThat(request.headers())
        .doesNotContainKeys(
            "x-forwarded-for",
            "forwarded",
            "via",
            "x-hop",
            "te",
            "proxy-authorization",
            "upgrade",
            "x-original-url",
            "x-http-method-override");
  }

  // v1's test/e2e/instance_metadata_test.go: IMDS itself answers 404.
  @Test
  void errorOfTheServiceIsPassedOn() throws IOException {
    next = CompletableFuture.completedFuture(Reply.text(404, "404 page not found"));

    Received reply = nmi.from(NODE).get("/doesnotexist", METADATA).read();

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).isEqualTo("404 page not found");
  }

  @Test
  void headerIsNeededHereToo() throws IOException {
    Received reply = nmi.from(NODE).get("/doesnotexist").read();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains("Required metadata header not specified");
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void addressOfNoPodIsRefusedAfterTheHold() throws IOException {
    Received reply = refusedAfterTheHold(POD);

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("pod-not-found");
    assertThat(imds.requests().all()).isEmpty();
  }

  /** A container may ask before the kubelet has told its pod's address. */
  @Test
  void podThatBecomesKnownMeanwhileGetsItsAnswer() throws IOException {
    RawHttp connection = nmi.from(POD).get(COMPUTE, METADATA);
    nmi.awaitSearching();

    nmi.pod("web", POD);

    assertThat(connection.read().body()).isEqualTo("{\"vmId\":\"x\"}");
    assertThat(connection.get(COMPUTE, METADATA).read().status()).isEqualTo(200);
  }

  @Test
  void clientThatHangsUpMeanwhileIsNotSearchedForAnyMore() throws IOException {
    RawHttp connection = nmi.from(POD).get(COMPUTE, METADATA);
    nmi.awaitSearching();

    connection.close();

    Eventually.isTrue("nothing is in flight", () -> nmi.inFlight() == 0);
    nmi.pod("web", POD);
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void podThatHasEndedIsRefused() throws IOException {
    nmi.cluster.putPod(
        new Pod(
            new NamespacedName("default", "job"),
            "uid",
            "n1",
            Map.of(),
            Set.of(TestNmi.inet(POD)),
            PodPhase.SUCCEEDED,
            false,
            false));

    assertThat(refusedAfterTheHold(POD).status()).isEqualTo(500);
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void theAccessLogTellsHowLongARefusedRequestWasHeld() throws IOException {
    refusedAfterTheHold(POD);

    Eventually.isTrue("a line is written", () -> nmi.accessLog.size() == 1);
    assertThat(nmi.accessLog.get(0))
        .startsWith(
            "status (500) took %d ns for ".formatted(TestNmi.HOLDS.untilPodIsKnown().toNanos()));
  }

  private Received refusedAfterTheHold(String source) throws IOException {
    RawHttp connection = nmi.from(source).get(COMPUTE, METADATA);
    nmi.awaitSearching();
    nmi.timer.advance(TestNmi.HOLDS.untilPodIsKnown());
    return connection.read();
  }

  // IMDS serves five a second to a virtual machine:
  // https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
  @Test
  void fiveASecondArePassedOn() throws IOException {
    RawHttp node = nmi.from(NODE);
    for (int i = 0; i < 5; i++) {
      assertThat(node.get(COMPUTE, METADATA).read().status()).isEqualTo(200);
    }

    Received sixth = node.get(COMPUTE, METADATA).read();
    assertThat(sixth.status()).isEqualTo(503);
    assertThat(sixth.header("Retry-After")).isEqualTo("1");
    assertThat(sixth.header("X-Pod-Identity-Error")).isEqualTo("metadata-busy");

    nmi.clock.advance(Duration.ofMillis(999));
    assertThat(node.get(COMPUTE, METADATA).read().status()).isEqualTo(503);
    nmi.clock.advance(Duration.ofMillis(1));
    for (int i = 0; i < 5; i++) {
      assertThat(node.get(COMPUTE, METADATA).read().status()).isEqualTo(200);
    }
    assertThat(node.get(COMPUTE, METADATA).read().status()).isEqualTo(503);
    assertThat(imds.requests().all()).hasSize(10);
  }

  @Test
  void onePodThatAsksAsOftenAsItCanLeavesOneForAnother() throws IOException {
    nmi.pod("web", POD);
    nmi.pod("other", "127.0.0.3");
    RawHttp pod = nmi.from(POD);
    for (int i = 0; i < 10; i++) {
      assertThat(pod.get(COMPUTE, METADATA).read().status()).isEqualTo(i < 3 ? 200 : 503);
    }

    assertThat(nmi.from("127.0.0.3").get(COMPUTE, METADATA).read().status()).isEqualTo(200);
  }

  @Test
  void refusedRequestsCostNothingOfTheBudget() throws IOException {
    nmi.pod("web", POD);
    RawHttp elsewhere = nmi.from(POD);
    for (int i = 0; i < 20; i++) {
      assertThat(elsewhere.get(COMPUTE, METADATA, "Via: a").read().status()).isEqualTo(400);
    }

    assertThat(nmi.from(POD).get(COMPUTE, METADATA).read().status()).isEqualTo(200);
  }

  // https://learn.microsoft.com/azure/virtual-machines/linux/scheduled-events#start-an-event
  @Test
  void byFlagAnyMethodIsPassedOnWithItsBody() throws IOException {
    restartWithAnyMethod();
    String body = "{\"StartRequests\":[{\"EventId\":\"f020ba2e\"}]}";

    Received reply =
        nmi.from(NODE)
            .send(
                "POST",
                "/metadata/scheduledevents?api-version=2020-07-01",
                METADATA,
                "Content-Type: application/json",
                "Content-Length: " + body.length())
            .write(body)
            .read();

    assertThat(reply.status()).isEqualTo(200);
    RecordedRequest request = imds.requests().all().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.body()).isEqualTo(body);
    assertThat(request.header("Content-Type")).hasValue("application/json");
  }

  @Test
  void chunkedBodyIsPassedOnWhole() throws IOException {
    restartWithAnyMethod();
    RawHttp connection =
        nmi.from(NODE)
            .send("POST", "/metadata/scheduledevents", METADATA, "Transfer-Encoding: chunked");
    connection.write("3\r\nabc\r\n");
    Received reply = connection.write("2\r\nde\r\n0\r\n\r\n").read();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(imds.requests().all().get(0).body()).isEqualTo("abcde");
  }

  @Test
  void bodyThatIsTooLongIsRefusedAndTheConnectionEnds() throws IOException {
    restartWithAnyMethod();
    RawHttp connection =
        nmi.from(NODE).send("POST", "/metadata/scheduledevents", METADATA, "Content-Length: 4097");

    Received reply = connection.read();

    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("body-too-large");
    assertThat(connection.isAtEnd()).isTrue();
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void answerToHeadHasItsHeadersAndNoBody() throws IOException {
    restartWithAnyMethod();
    RawHttp connection = nmi.from(NODE);

    Received reply = connection.send("HEAD", "/metadata/versions", METADATA).readHead();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(connection.get("/metadata\\x").read().status()).isEqualTo(400);
  }

  private void restartWithAnyMethod() throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT.withMetadata(imds.uri()).withAnyMethod());
  }

  // A POST to /metadata/scheduledevents approves an event of the node.
  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
  void onlyGetIsPassedOn(String method) throws IOException {
    Received reply =
        nmi.from(NODE)
            .send(method, "/metadata/scheduledevents", METADATA, "Content-Length: 0")
            .read();

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).isEqualTo("GET");
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("method-not-allowed");
    assertThat(imds.requests().all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-For: 10.0.0.1", "Via: 1.1 x", "Forwarded: for=10.0.0.1"})
  void requestThroughAProxyIsRefused(String header) throws IOException {
    assertThat(nmi.from(NODE).get(COMPUTE, METADATA, header).read().status()).isEqualTo(400);
    assertThat(imds.requests().all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metadata/instance?a=1&a=2", "/metadata/instance?a=|", "/x?a=%"})
  void doubtfulQueryIsRefused(String target) throws IOException {
    assertThat(nmi.from(NODE).get(target, METADATA).read().status()).isEqualTo(400);
    assertThat(imds.requests().all()).isEmpty();
  }

  // v1 leaves the other spellings open.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata/instance",
        "/metadata/instance/compute/vmId",
        "/metadata/Instance",
        "/METADATA/INSTANCE",
        "//metadata//instance",
      })
  void instanceMetadataIsBlockedByFlagInEverySpelling(String path) throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT.withMetadata(imds.uri()).withBlock());

    // Before the header is looked at, as in v1.
    Received reply = nmi.from(NODE).get(path).read();

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.body()).isEqualTo("Request blocked by AAD Pod Identity NMI\n");
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("metadata-blocked");
    assertThat(nmi.from(NODE).get("/metadata\\instance").read().status()).isEqualTo(400);
    assertThat(nmi.from(NODE).get("/metadata/versions", METADATA).read().status()).isEqualTo(200);
    assertThat(imds.requests().all()).hasSize(1);
  }

  @Test
  void noSpellingOfAnIdentityPathIsPassedOn() throws IOException {
    for (String path : IdentityPaths.REFUSED) {
      try (RawHttp node = RawHttp.connect(NODE, nmi.address())) {
        // As UTF-8, of which a character is a byte here.
        String bytes =
            new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        node.writeAndDrain(
            "GET %s HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n\r\n"
                .formatted(bytes));
      }
    }
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void longAnswerIsGivenUp() throws IOException {
    next = CompletableFuture.completedFuture(Reply.text(200, "x".repeat((1 << 20) + 1)));

    Received reply = nmi.from(NODE).get(COMPUTE, METADATA).read();

    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("metadata-unreachable");
  }

  @Test
  void answerOfTheLargestSizePasses() throws IOException {
    next = CompletableFuture.completedFuture(Reply.text(200, "x".repeat(1 << 20)));

    assertThat(nmi.from(NODE).get(COMPUTE, METADATA).read().body()).hasSize(1 << 20);
  }

  @Test
  void serviceThatIsNotThereIs502() throws IOException {
    imds.close();

    assertThat(nmi.from(NODE).get(COMPUTE, METADATA).read().status()).isEqualTo(502);
  }

  @Test
  void serviceThatDoesNotAnswerInTimeIs504() throws IOException {
    next = new CompletableFuture<>();
    RawHttp connection = nmi.from(NODE).get(COMPUTE, METADATA);
    imds.requests().await(1, request -> true, Duration.ofSeconds(20));

    nmi.timer.advance(Duration.ofSeconds(30));

    assertThat(connection.read().status()).isEqualTo(504);
  }

  @Test
  void onePodHasTwoUnderWayAtMostAndOthersHavePlaces() throws IOException {
    nmi.pod("web", POD);
    nmi.pod("other", "127.0.0.3");
    next = new CompletableFuture<>();
    for (int i = 0; i < 2; i++) {
      nmi.from(POD).get(COMPUTE, METADATA);
      int soFar = i + 1;
      Eventually.isTrue("one more is under way", () -> answering.get() == soFar);
    }

    Received third = nmi.from(POD).get(COMPUTE, METADATA).read();
    assertThat(third.status()).isEqualTo(503);
    assertThat(third.header("X-Pod-Identity-Error")).isEqualTo("metadata-busy");
    next = CompletableFuture.completedFuture(Reply.empty(204));
    assertThat(nmi.from("127.0.0.3").get(COMPUTE, METADATA).read().status()).isEqualTo(204);
  }

  @Test
  void onlySoManyAreUnderWayAtOnceAndHangingUpMakesRoom() throws IOException {
    CompletableFuture<Reply> later = new CompletableFuture<>();
    CompletableFuture<Reply> now = next;
    next = later;
    List<RawHttp> held = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      held.add(nmi.from(NODE).get(COMPUTE, METADATA));
      int soFar = i + 1;
      Eventually.isTrue("one more is under way", () -> answering.get() == soFar);
      nmi.clock.advance(Duration.ofMillis(250));
    }

    Received ninth = nmi.from(NODE).get(COMPUTE, METADATA).read();
    assertThat(ninth.status()).isEqualTo(503);
    assertThat(ninth.header("Retry-After")).isEqualTo("1");
    assertThat(ninth.header("X-Pod-Identity-Error")).isEqualTo("metadata-busy");

    held.get(0).close();
    Eventually.isTrue("seven are under way", () -> nmi.timer.pending() == 7);
    next = now;
    assertThat(nmi.from(NODE).get(COMPUTE, METADATA).read().status()).isEqualTo(200);
    later.complete(Reply.empty(204));
    for (RawHttp connection : held.subList(1, 8)) {
      assertThat(connection.read().status()).isEqualTo(204);
    }
  }
}
