package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.nmi.RawHttp.Received;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is served while the directories hear nothing new and nobody answers a list. */
class ApiServerAwayTest {
  private static final String POD = "127.0.0.2";
  private static final String STRANGER = "127.0.0.9";

  private final TestNmi nmi = new TestNmi();

  @BeforeEach
  void goAway() {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.cluster.failLists(
        new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "connection refused"));
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void podThatWasKnownBeforeGoesOnGettingTokens() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
      nmi.clock.advance(Duration.ofHours(23));
    }
  }

  @Test
  void unknownPodIsRefusedWithAStatusThatIsRetried() throws IOException {
    RawHttp connection = nmi.from(STRANGER).get(TOKEN, METADATA);
    Eventually.isTrue("the request waits for its pod", () -> nmi.timer.pending() == 2);
    nmi.timer.advance(TestNmi.HOLDS.untilPodIsKnown());

    Received reply = connection.read();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("cluster-unavailable");
    assertThat(reply.header("Retry-After")).isEqualTo("5");
  }

  @Test
  void unknownPodIsServedWhenTheApiServerIsBack() throws IOException {
    RawHttp connection = nmi.from(STRANGER).get(TOKEN, METADATA);
    Eventually.isTrue("the request waits for its pod", () -> nmi.timer.pending() == 2);

    nmi.record(nmi.pod("new", STRANGER), TestNmi.identity("two"), AssignmentState.ASSIGNED);

    assertThat(connection.read().body()).contains("token-of-two");
  }
}
