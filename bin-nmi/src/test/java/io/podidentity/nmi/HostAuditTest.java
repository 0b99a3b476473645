package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.nmi.RawHttp.Received;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code /host/token/} leaves behind. v1 writes its ordinary line only. */
class HostAuditTest {
  private static final String NODE = "127.0.0.1";
  private static final String POD = "127.0.0.2";
  private static final String TARGET = "/host/token/?resource=https://vault.azure.net";
  private static final String[] WEB = {"podname: web", "podns: default"};

  private final List<String> audited = new CopyOnWriteArrayList<>();
  private final CountDownLatch reader = new CountDownLatch(1);
  private final TestNmi nmi = new TestNmi(TestNmi.Settings.DEFAULT, this::audit);

  private void audit(String line) {
    try {
      reader.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    audited.add(line);
  }

  @AfterEach
  void close() throws IOException {
    reader.countDown();
    nmi.close();
  }

  @Test
  void eachRequestIsALineThatTellsWhoAskedForWhomAndWhatCameOfIt() throws IOException {
    reader.countDown();
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);

    nmi.from(NODE).get(TARGET, WEB).read();
    nmi.from(POD).get(TARGET, WEB).read();
    nmi.from(NODE).get("/host/token/", "podname: a\u00e9", "podns: b").read();
    nmi.from(NODE).get("/host/token/", WEB).read();

    Eventually.isTrue("four lines are written", () -> audited.size() == 4);
    assertThat(audited.get(0))
        .matches(
            "host token request pod=default/web remote=127\\.0\\.0\\.1:\\d+ status=200"
                + " clientid=7eb6##### REDACTED #####-one identity=default/one resource=https://vault\\.azure\\.net"
                + " cached=false cause=bound")
        .doesNotContain("token-of-one");
    assertThat(audited.get(1))
        .matches(".* pod=default/web remote=127\\.0\\.0\\.2:\\d+ status=500 error=not-from-host");
    assertThat(audited.get(2)).contains(" pod=b/a? ").endsWith(" error=invalid-request");
    assertThat(audited.get(3)).endsWith(" status=400 error=invalid-request");
  }

  @Test
  void whoAsksCannotWriteFieldsOfTheLine() throws IOException {
    reader.countDown();
    nmi.from(NODE)
        .get(TARGET, "podname: x remote=127.0.0.1:7 status=200 clientid=abcd", "podns: d\"a")
        .read();

    Eventually.isTrue("a line is written", () -> audited.size() == 1);
    assertThat(audited.get(0))
        .matches(
            "host token request pod=d\\?a/x\\?remote\\?127\\.0\\.0\\.1:7\\?status\\?200"
                + "\\?clientid\\?abcd remote=127\\.0\\.0\\.1:\\d+ status=400"
                + " error=invalid-request");
  }

  @Test
  void noTokenLeavesWithoutItsLine() throws IOException {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
    RawHttp component = nmi.from(NODE);
    Received reply = component.get(TARGET, WEB).read();
    int given = 0;
    while (reply.status() == 200 && given < 10_000) {
      given++;
      reply = component.get(TARGET, WEB).read();
    }

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("audit-busy");
    assertThat(reply.header("Retry-After")).isEqualTo("1");
    reader.countDown();
    long expected = given;
    Eventually.isTrue(
        "each token has its line",
        () -> audited.stream().filter(line -> line.contains(" status=200 ")).count() == expected);
  }
}
