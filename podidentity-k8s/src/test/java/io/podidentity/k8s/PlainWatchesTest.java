package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a WebSocket is tried. What becomes of the watches, {@link PlainWatchTest} says. */
final class PlainWatchesTest {
  private static final WebSocket.Listener NOBODY = new WebSocket.Listener() {};

  /** As {@link KubernetesClients} have it: for HTTP/2 it asks for an upgrade, too. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(task -> new Thread(task, "of the client").start())
          .build();

  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
  private final PlainWatches watches = new PlainWatches(Duration.ofSeconds(15), time::get);
  private final AtomicInteger handshakes = new AtomicInteger();
  private volatile int answerToUpgrade = 200;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean upgrade = exchange.getRequestHeaders().containsKey("Upgrade");
          exchange.sendResponseHeaders(upgrade ? answerToUpgrade : 200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void refusedWebSocketIsTriedAgainByOneWatchEverMoreSeldom() {
    open(refused());
    open(refused());
    assertThat(handshakes).hasValue(1);

    int tries = 1;
    for (int minutes : List.of(1, 2, 4, 8, 16, 32, 32)) {
      time.addAndGet(Duration.ofMinutes(minutes).toNanos() - 1);
      open(refused());
      assertThat(handshakes).hasValue(tries);

      time.addAndGet(1);
      open(refused());
      open(refused());
      tries++;
      assertThat(handshakes).hasValue(tries);
    }
  }

  @Test
  void othersWaitForWhatBecomesOfTheTrial() {
    open(refused());
    time.addAndGet(Duration.ofMinutes(1).toNanos());
    CompletableFuture<WebSocket> trial = new CompletableFuture<>();
    CompletableFuture<WebSocket> opened = begin(trial);
    open(refused());
    assertThat(handshakes).hasValue(2);

    trial.complete(null);
    var unusedSocket = opened.join();
    var unused = List.of(begin(new CompletableFuture<>()), begin(new CompletableFuture<>()));
    assertThat(handshakes).as("as if none had been refused").hasValue(4);
  }

  @Test
  void serverThatAnswersNothingHasRefusedNothing() {
    server.stop(0);

    for (int attempt = 1; attempt < 4; attempt++) {
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> open(refused()))
          .withCauseInstanceOf(IOException.class);
      assertThat(handshakes).hasValue(attempt);
    }
  }

  @Test
  void otherFailureIsNoRefusal() {
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> open(CompletableFuture.failedFuture(new IOException("reset"))));
    var unused = begin(new CompletableFuture<>());
    assertThat(handshakes).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 426, 501})
  void handshakeThatIsAnsweredByWhoKnowsNoUpgradeIsRefused(int status) {
    answerToUpgrade = status;

    open(handshake());
    open(handshake());

    assertThat(handshakes).hasValue(1);
  }

  /** They are the API server's, which would say so to plain HTTP too. */
  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 410, 429, 500, 503})
  void handshakeThatTheApiServerAnswersIsNotRefused(int status) {
    answerToUpgrade = status;

    for (int attempt = 1; attempt < 3; attempt++) {
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> open(handshake()))
          .withCauseInstanceOf(WebSocketHandshakeException.class);
      assertThat(handshakes).hasValue(attempt);
    }
  }

  /** Not on the JVM's common pool: who is told opens the next watch, and may take its time. */
  @Test
  void endOfAPlainWatchIsToldByAThreadOfTheClient() throws Exception {
    CompletableFuture<Thread> told = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onClose(
              WebSocket socket, int statusCode, String reason) {
            told.complete(Thread.currentThread());
            return null;
          }
        };

    var unused = begin(refused(), listener).join();

    assertThat(told.get(30, TimeUnit.SECONDS).getName()).isEqualTo("of the client");
  }

  private CompletableFuture<WebSocket> handshake() {
    return HTTP.newWebSocketBuilder().buildAsync(uri(), NOBODY);
  }

  private URI uri() {
    return URI.create("ws://127.0.0.1:" + server.getAddress().getPort() + "/pods?watch=true");
  }

  private static CompletableFuture<WebSocket> refused() {
    return CompletableFuture.failedFuture(new CancellationException());
  }

  private void open(CompletableFuture<WebSocket> handshake) {
    var unused = begin(handshake).join();
  }

  private CompletableFuture<WebSocket> begin(CompletableFuture<WebSocket> handshake) {
    return begin(handshake, NOBODY);
  }

  private CompletableFuture<WebSocket> begin(
      CompletableFuture<WebSocket> handshake, WebSocket.Listener listener) {
    return watches.open(
        uri(),
        () -> {
          handshakes.incrementAndGet();
          return handshake;
        },
        HTTP,
        HttpRequest.newBuilder(),
        listener);
  }
}
