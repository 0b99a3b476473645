package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code --audit-tokens}: a line in the audit log for each token that a pod is given. */
class TokenAuditTest {
  private static final String POD = "127.0.0.2";

  private final List<String> audited = new CopyOnWriteArrayList<>();
  private final CountDownLatch reader = new CountDownLatch(1);
  private TestNmi nmi = new TestNmi(Settings.DEFAULT.withAuditedTokens(), this::write);

  private void write(String line) {
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
  void lineTellsWhoWhichIdentityForWhatWhetherCachedAndByWhatRight() throws IOException {
    reader.countDown();
    bind();

    nmi.from(POD).get(TOKEN, METADATA).read();
    nmi.from(POD).get(TOKEN, METADATA).read();

    Eventually.isTrue("two lines are written", () -> audited.size() == 2);
    String line =
        "token request pod=default/web remote=127\\.0\\.0\\.2:\\d+ status=200"
            + " clientid=7eb6##### REDACTED #####-one identity=default/one resource=\\S+"
            + " cached=%s cause=bound";
    assertThat(audited.get(0)).matches(line.formatted("false")).doesNotContain("token-of-one");
    assertThat(audited.get(1)).matches(line.formatted("true"));
  }

  @Test
  void whatIsRefusedGivesNoTokenAndNoLine() throws IOException {
    reader.countDown();
    bind();

    assertThat(nmi.from(POD).get(TOKEN).read().status()).isEqualTo(400);
    nmi.from(POD).get(TOKEN, METADATA).read();

    Eventually.isTrue("a line is written", () -> !audited.isEmpty());
    assertThat(audited).hasSize(1);
  }

  @Test
  void resourceCannotWriteFieldsOfTheLine() throws IOException {
    reader.countDown();
    bind();

    nmi.from(POD)
        .get(TOKEN.replaceAll("resource=[^&]*", "resource=r%20cause%3Dmic"), METADATA)
        .read();

    Eventually.isTrue("a line is written", () -> audited.size() == 1);
    assertThat(audited.get(0)).contains(" resource=r?cause?mic cached=");
  }

  @Test
  void lineOfAnExemptPodTellsWhichOfTheNodesIdentitiesItNamed() throws IOException {
    reader.countDown();
    nmi.pod("agent", POD, Map.of("app", "agent"));
    nmi.cluster.putExemption(
        new PodExemption(new NamespacedName("default", "e"), Map.of("app", "agent")));

    nmi.from(POD).get(TOKEN, METADATA).read();
    nmi.from(POD).get(TOKEN + "&msi_res_id=" + TestNmi.resourceId("two").value(), METADATA).read();
    nmi.from(POD).get(TOKEN + "&msi_res_id=x%20cause%3Dbound", METADATA).read();

    Eventually.isTrue("three lines are written", () -> audited.size() == 3);
    String line =
        "token request pod=default/agent remote=127\\.0\\.0\\.2:\\d+ status=200"
            + " clientid= identity=%s resource=\\S+ cached=false cause=exempt";
    assertThat(audited.get(0)).matches(line.formatted(""));
    assertThat(audited.get(1))
        .matches(line.formatted(" resourceid=" + TestNmi.resourceId("two").value()));
    assertThat(audited.get(2)).matches(line.formatted(" resourceid=x\\?cause\\?bound"));
  }

  @Test
  void noTokenLeavesWithoutItsLine() throws IOException {
    bind();
    RawHttp pod = nmi.from(POD);
    Received reply = pod.get(TOKEN, METADATA).read();
    int given = 0;
    while (reply.status() == 200 && given < 10_000) {
      given++;
      reply = pod.get(TOKEN, METADATA).read();
    }

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("audit-busy");
    reader.countDown();
    long expected = given;
    // Behind them the log says how many it did not take.
    Eventually.isTrue(
        "each token has its line",
        () -> audited.stream().filter(line -> line.startsWith("token ")).count() == expected);
  }

  @Test
  void withoutTheFlagTokensOfPodsAreNotThere() throws IOException {
    nmi.close();
    reader.countDown();
    nmi = new TestNmi(Settings.DEFAULT, this::write);
    bind();

    nmi.from(POD).get(TOKEN, METADATA).read();
    nmi.from("127.0.0.1").get("/host/token/?resource=r", "podname: web", "podns: default").read();

    Eventually.isTrue("a line is written", () -> !audited.isEmpty());
    assertThat(audited).hasSize(1).first().asString().startsWith("host token request ");
  }

  private void bind() {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
  }
}
