package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.nmi.AccessLog.Line;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private static final Line LINE =
      new Line(
          "GET", "/metadata/identity/oauth2/token", TestNmi.inet("10.240.0.117"), 200, 677049, "");

  private final List<String> written = new CopyOnWriteArrayList<>();

  // https://azure.github.io/aad-pod-identity/docs/troubleshooting/ shows such lines of v1.
  @Test
  void lineHasTheFormThatPeopleSearchFor() {
    assertThat(LINE.text())
        .isEqualTo(
            "status (200) took 677049 ns for req.method=GET"
                + " reg.path=/metadata/identity/oauth2/token req.remote=10.240.0.117");
  }

  @Test
  void detailFollows() {
    Line line = new Line("GET", "/host/token", null, 404, -1, "error=x");

    assertThat(line.text())
        .isEqualTo(
            "status (404) took 0 ns for req.method=GET reg.path=/host/token req.remote= error=x");
  }

  @Test
  void clientCannotBreakALine() {
    Line line = new Line("G\r\nT", "/a\nstatus (200)\u001b[0m\u2028", null, 400, 0, "");

    assertThat(line.text()).hasLineCount(1).matches("[ -~]*");
  }

  @Test
  void clientCannotMakeUpAField() {
    String forged = "/x\" status=200 clientid=a";
    String message = "no \\\" status=200 \"";
    Line line =
        new Line(
            "G took=1", forged, null, 400, 0, RefusalCause.PATH_REFUSED.refusal(message).detail());

    assertThat(line.text())
        .isEqualTo(
            "status (400) took 0 ns for req.method=G?took?1"
                + " reg.path=/x??status?200?clientid?a req.remote="
                + " error=path-refused message=\"no \\\\\\\" status=200 \\\"\"");
  }

  @Test
  void everythingIsWrittenInOrderBeforeItCloses() {
    AccessLog log = new AccessLog("log", (text, more) -> written.add(text.toString()));
    for (int i = 0; i < 1000; i++) {
      log.add(new Line("GET", "/" + i, null, 200, 0, ""));
    }

    log.close();

    assertThat(written).hasSize(1000);
    assertThat(written.get(999)).contains("reg.path=/999 ");
  }

  @Test
  void lineThatCannotBeMadeKeepsNoOtherFromBeingWritten() {
    AccessLog log = new AccessLog("log", (text, more) -> written.add(text.toString()));
    log.add(
        text -> {
          throw new IllegalStateException("a test throws this");
        });
    log.add(LINE);

    Eventually.isTrue("the drop is told", () -> written.size() == 2);
    log.close();

    assertThat(written)
        .containsExactly(LINE.text(), "requests not logged because the log cannot keep up count=1");
  }

  @Test
  void onlyALineWithAnotherBehindItMayWaitForThat() {
    CountDownLatch all = new CountDownLatch(1);
    List<Boolean> more = new CopyOnWriteArrayList<>();
    try (AccessLog log =
        new AccessLog(
            "log",
            (text, moreFollow) -> {
              await(all);
              more.add(moreFollow);
            })) {
      log.add(LINE);
      log.add(LINE);
      log.add(LINE);
      all.countDown();
      Eventually.isTrue("all are written", () -> more.size() == 3);
    }

    assertThat(more.get(1)).isTrue();
    assertThat(more.get(2)).isFalse();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aLineIsWrittenSoonWithoutAnotherOneAfterIt() {
    try (AccessLog log = new AccessLog("log", (text, more) -> written.add(text.toString()))) {
      log.add(LINE);
      Eventually.isTrue("the first is written", () -> written.size() == 1);
      log.add(LINE);
      Eventually.isTrue("the second is written", () -> written.size() == 2);
    }
  }

  @Test
  void aLogThatIsStuckDelaysNoRequestAndTellsOfWhatItDropped() {
    CountDownLatch stuck = new CountDownLatch(1);
    try (AccessLog log =
        new AccessLog(
            "log",
            (text, more) -> {
              await(stuck);
              written.add(text.toString());
            })) {
      for (int i = 0; i < 6000; i++) {
        log.add(LINE);
      }

      stuck.countDown();

      Eventually.isTrue(
          "it tells of what it dropped",
          () -> written.stream().anyMatch(text -> text.contains("not logged")));
      assertThat(written.size()).isBetween(4096, 4099);
    }
  }
}
