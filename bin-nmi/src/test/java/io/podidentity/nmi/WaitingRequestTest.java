package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.Pod;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that are held until what they need is there. */
class WaitingRequestTest {
  private static final String POD = "127.0.0.2";

  private TestNmi nmi = new TestNmi();

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void isAnsweredWhenItsRecordBecomesAssignedAndNotBefore() throws IOException {
    Pod pod = nmi.pod("web", POD);
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);
    nmi.timer.advance(Duration.ofSeconds(10));
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.CREATED);
    nmi.timer.advance(Duration.ofSeconds(85));
    assertThat(nmi.fetched).isEmpty();

    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(connection.read().body()).contains("token-of-one");
    // For the refresh and the end of the token, and for the budget.
    Eventually.isTrue("no more than the cache's own is left", () -> nmi.timer.pending() == 3);
  }

  @Test
  void isAnsweredWhenItsPodBecomesKnown() throws IOException {
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    nmi.awaitSearching();

    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    // The record came after the pod, so the request may have gone on to wait for it.

    assertThat(connection.read().status()).isEqualTo(200);
  }

  @Test
  void connectionServesTheNextRequestAfterAWait() throws IOException {
    Pod pod = nmi.pod("web", POD);
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    assertThat(connection.read().status()).isEqualTo(200);

    assertThat(connection.get(TOKEN, METADATA).read().status()).isEqualTo(200);
  }

  // v1: 80 s without a record, 100 s with one.
  @Test
  void isRefusedWhenItsHoldEnds() throws IOException {
    Pod pod = nmi.pod("web", POD);
    RawHttp unbound = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);
    nmi.timer.advance(Duration.ofMillis(79_999));
    assertThat(nmi.timer.pending()).as("alarms left").isEqualTo(2);
    nmi.timer.advance(Duration.ofMillis(1));
    assertThat(unbound.read().header("X-Pod-Identity-Error")).isEqualTo("identity-not-bound");

    nmi.record(pod, TestNmi.identity("one"), AssignmentState.CREATED);
    RawHttp created = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);
    nmi.timer.advance(Duration.ofMillis(99_999));
    assertThat(nmi.timer.pending()).as("alarms left").isEqualTo(1);
    nmi.timer.advance(Duration.ofMillis(1));
    Received reply = created.read();
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("identity-not-assigned");
  }

  @Test
  void isRefusedWith503AndRetryAfterByFlag() throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT.withRetryAfter());
    nmi.pod("web", POD);
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);
    nmi.timer.advance(Duration.ofSeconds(80));

    Received reply = connection.read();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("Retry-After")).isEqualTo("20");
  }

  @Test
  void clientThatHangsUpFreesItsEntryAtOnce() throws IOException {
    Pod pod = nmi.pod("web", POD);
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);

    connection.close();

    awaitWaiting(0);
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    assertThat(nmi.fetched).as("tokens fetched for nobody").isEmpty();
  }

  @Test
  void manyWaitWithoutAThreadForEach() throws IOException {
    int many = 300;
    Pod pod = nmi.pod("web", POD);
    assertThat(nmi.from(POD).get("/metadata/identity/oauth2/token").read().status()).isEqualTo(400);
    int threads = HeldRequestsCostTest.liveThreads();
    List<RawHttp> connections = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      connections.add(nmi.from(POD).get(TOKEN, METADATA));
    }
    awaitWaiting(many);
    HeldRequestsCostTest.awaitNoMoreThreadsThan(threads);

    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);

    for (RawHttp connection : connections) {
      assertThat(connection.read().status()).isEqualTo(200);
    }
    assertThat(nmi.fetched).as("one fetch for all").hasSize(1);
  }

  @Test
  void requestSentAheadIsAnsweredInItsTurnAndWhole() throws IOException {
    Pod pod = nmi.pod("web", POD);
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(1);
    connection.get("/metadata\\identity", METADATA);
    connection.get(TOKEN, METADATA);

    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);

    assertThat(connection.read().status()).isEqualTo(200);
    assertThat(connection.read().status()).isEqualTo(400);
    assertThat(connection.read().status()).isEqualTo(200);
  }

  @Test
  void requestsSentTogetherAreAnsweredInOrder() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    String one = "GET " + TOKEN + " HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n";
    String other = "GET /metadata%5cx HTTP/1.1\r\nHost: x\r\n\r\n";
    RawHttp connection = nmi.from(POD).write(one + other + one);

    assertThat(connection.read().status()).isEqualTo(200);
    assertThat(connection.read().status()).isEqualTo(400);
    assertThat(connection.read().status()).isEqualTo(200);
  }

  @Test
  void stopWakesAllWithAStatusThatIsRetried() throws IOException {
    nmi.pod("web", POD);
    RawHttp first = nmi.from(POD).get(TOKEN, METADATA);
    RawHttp second = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting(2);

    nmi.stop();

    for (RawHttp connection : List.of(first, second)) {
      Received reply = connection.read();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("shutting-down");
      assertThat(reply.header("Retry-After")).isEqualTo("5");
      assertThat(connection.isAtEnd()).isTrue();
    }
  }

  /** The broker sets two alarms for each: the end of the hold without a record, and with one. */
  private void awaitWaiting(int count) {
    Eventually.isTrue(count + " requests wait", () -> nmi.timer.pending() == 2 * count);
  }
}
