package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is logged is news: nothing in a quiet hour, and one line about what fails all the time. */
class QuietLogTest {
  private static final String POD = "127.0.0.2";
  private static final String COMPUTE = "/metadata/instance?api-version=2021-02-01";

  @Test
  void anHourInWhichATokenIsAskedForAndRefreshedIsTheLinesOfTheRequests() throws IOException {
    try (TestNmi nmi = new TestNmi();
        LogCapture log = new LogCapture()) {
      nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
      nmi.tokens(
          query ->
              new AccessToken(
                  "t",
                  nmi.clock.instant().plus(Duration.ofMinutes(20)),
                  nmi.clock.instant(),
                  query.resource()));
      for (int minute = 0; minute < 60; minute++) {
        assertThat(nmi.from(POD).get(TOKEN, METADATA).read().status()).isEqualTo(200);
        nmi.timer.advance(Duration.ofMinutes(1));
      }

      Eventually.isTrue("all are written", () -> log.linesWith("status (200) took").size() == 60);
      assertThat(nmi.fetched).as("fetches").hasSizeGreaterThan(2);
      assertThat(log.lines()).hasSize(60);
    }
  }

  @Test
  void aMetadataServiceThatIsAwayAndComesBackIsTwoLinesBesidesThoseOfTheRequests()
      throws IOException {
    SimulatorServer imds = imds(0);
    URI uri = imds.uri();
    imds.close();
    try (TestNmi nmi = new TestNmi(TestNmi.Settings.DEFAULT.withMetadata(uri));
        LogCapture log = new LogCapture()) {
      for (int i = 0; i < 10; i++) {
        assertThat(nmi.from("127.0.0.1").get(COMPUTE, METADATA).read().status()).isEqualTo(502);
        nmi.clock.advance(Duration.ofSeconds(1));
      }
      try (SimulatorServer back = imds(uri.getPort())) {
        assertThat(nmi.from("127.0.0.1").get(COMPUTE, METADATA).read().status()).isEqualTo(200);
      }

      Eventually.isTrue("refusals are written", () -> log.linesWith("status (502)").size() == 10);
      assertThat(log.lines().stream().filter(line -> !line.startsWith("status (")))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("metadata service cannot be reached error="),
              line -> assertThat(line).isEqualTo("metadata service answers again"));
    }
  }

  private static SimulatorServer imds(int port) {
    return SimulatorServer.start(
        "imds",
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        null,
        Clock.systemUTC(),
        request -> CompletableFuture.completedFuture(Reply.text(200, "x")));
  }
}
