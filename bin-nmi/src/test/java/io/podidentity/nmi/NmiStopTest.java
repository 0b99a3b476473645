package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.harness.process.Signal;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SIGTERM to a real process, with a request that waits and others that are under way. */
class NmiStopTest {
  private static final String NODE = "127.0.0.1";
  private static final String POD = "127.0.0.2";
  private static final String SERVED_POD = "127.0.0.3";
  private static final Pattern LISTENING = Pattern.compile("^listening port=(\\d+)$");

  private final CompletableFuture<Reply> slow = new CompletableFuture<>();
  private final CompletableFuture<Reply> slowToken = new CompletableFuture<>();
  private final SimulatorServer imds =
      SimulatorServer.start(
          "imds",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          null,
          Clock.systemUTC(),
          request -> request.path().endsWith("/token") ? slowToken : slow);

  @AfterEach
  void close() {
    imds.close();
  }

  @Test
  void sigtermWakesWhatWaitsFinishesWhatIsUnderWayTakesNothingMoreAndExitsWithZero()
      throws Exception {
    try (ManagedProcess nmi =
        JavaProgram.of(
                NmiWithoutClusterMain.class,
                POD,
                SERVED_POD,
                "--node=n1",
                "--redirect=none",
                "--nmi-port=0",
                "--http-probe-port=0",
                "--prometheus-port=0",
                "--metadata-ip=127.0.0.1",
                "--metadata-port=" + imds.address().getPort())
            .start("nmi")) {
      Matcher listening = LISTENING.matcher(nmi.awaitLine(LISTENING, Duration.ofSeconds(60)));
      assertThat(listening.find()).isTrue();
      int port = Integer.parseInt(listening.group(1));
      InetSocketAddress address = new InetSocketAddress(TestNmi.inet(NODE), port);
      try (RawHttp waiting = RawHttp.connect(POD, address);
          RawHttp idle = RawHttp.connect(NODE, address);
          RawHttp underWay = RawHttp.connect(NODE, address);
          RawHttp tokenUnderWay = RawHttp.connect(SERVED_POD, address)) {
        waiting.get(TOKEN, METADATA);
        underWay.get("/metadata/instance", METADATA);
        tokenUnderWay.get(TOKEN, METADATA);
        imds.requests().await(2, request -> true, Duration.ofSeconds(20));

        nmi.signal(Signal.TERM);

        Received woken = waiting.read();
        assertThat(woken.status()).isEqualTo(503);
        assertThat(woken.header("X-Pod-Identity-Error")).isEqualTo("shutting-down");
        assertThat(woken.header("Retry-After")).isEqualTo("5");
        assertThatThrownBy(() -> RawHttp.connect(NODE, address))
            .isInstanceOf(ConnectException.class);

        slowToken.complete(
            Reply.json(200, Map.of("access_token", "late-token", "expires_on", "4102444800")));
        Received token = tokenUnderWay.read();
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.body()).contains("late-token");
        slow.complete(Reply.text(200, "late"));
        Received finished = underWay.read();
        assertThat(finished.status()).isEqualTo(200);
        assertThat(finished.body()).isEqualTo("late");
        assertThat(nmi.awaitExit(Duration.ofSeconds(20))).isZero();
        assertThat(waiting.isAtEnd()).isTrue();
        assertThat(idle.isAtEnd()).isTrue();
      }
    }
  }
}
