package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.nmi.RawHttp.Received;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request whose source address may be another pod's, where each has to be proven. */
class SourceGateTest {
  private static final String POD = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final String NODE = "127.0.0.1";

  private final TestNmi nmi = new TestNmi();

  @BeforeEach
  void pods() {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    nmi.record(nmi.pod("other", OTHER), TestNmi.identity("two"), AssignmentState.ASSIGNED);
    nmi.unpinned.add(POD);
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void getsNoTokenWhileOthersDo() throws IOException {
    Received refused = nmi.from(POD).get(TOKEN, METADATA).read();

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("X-Pod-Identity-Error")).isEqualTo("source-not-pinned");
    assertThat(refused.header("Retry-After")).isEqualTo("2");
    assertThat(refused.body()).contains(POD).doesNotContain("access_token");
    assertThat(nmi.fetched).isEmpty();
    assertThat(nmi.from(OTHER).get(TOKEN, METADATA).read().status()).isEqualTo(200);
    nmi.unpinned.clear();
    assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
  }

  @Test
  void getsNothingOfTheMetadataServiceEither() throws IOException {
    Received refused = nmi.from(POD).get("/metadata/instance", METADATA).read();

    assertThat(refused.header("X-Pod-Identity-Error")).isEqualTo("source-not-pinned");
  }

  /** What is on its way already may have come from elsewhere, too, and would be served later. */
  @Test
  void connectionEndsWithTheRefusal() throws IOException {
    RawHttp connection = nmi.from(POD).get(TOKEN, METADATA).get(TOKEN, METADATA);

    assertThat(connection.read().header("Connection")).isEqualTo("close");

    assertThat(connection.isAtEnd()).isTrue();
  }

  /** Which comes without the header, waits one second, and remembers what it finds. */
  @Test
  void probeOfAnSdkIsAnsweredAsEver() throws IOException {
    assertThat(nmi.from(POD).get(TOKEN).read().status()).isEqualTo(400);
  }

  @Test
  void nodeItselfNeedsNoPin() throws IOException {
    nmi.unpinned.add(NODE);

    Received served =
        nmi.from(NODE).get("/host/token/?resource=r", "podname: web", "podns: default").read();

    assertThat(served.status()).isEqualTo(200);
  }
}
