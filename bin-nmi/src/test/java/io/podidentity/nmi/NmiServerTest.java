package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NmiServerTest {
  @Test
  void requestThatIsStillUnderWayAtTheEndOfTheBoundIsRefusedAndNotCutOff() throws Exception {
    CompletableFuture<Answer> refusal = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch woken = new CountDownLatch(1);
    NmiServer server =
        new NmiServer(
            List.of(new InetSocketAddress(TestNmi.inet("127.0.0.1"), 0)),
            exchange -> {
              Later.send(exchange, refusal, (answer, error) -> answer);
              asked.countDown();
            },
            NmiServer.limits(Duration.ofSeconds(60)),
            woken::countDown,
            () -> refusal.complete(ErrorResponses.internal().answer()),
            Duration.ofMillis(50));
    InetSocketAddress address = server.start();
    try (RawHttp client = RawHttp.connect("127.0.0.1", address)) {
      client.get("/");
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

      server.close();

      assertThat(woken.getCount()).isZero();
      assertThat(client.read().status()).isEqualTo(500);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void whoWaitsIsAnsweredAlsoWhereTheAnswerCannotBeMade() throws Exception {
    CompletableFuture<String> found = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    try (NmiServer server =
            new NmiServer(
                List.of(new InetSocketAddress(TestNmi.inet("127.0.0.1"), 0)),
                exchange -> {
                  Later.send(
                      exchange,
                      found,
                      (value, error) -> {
                        throw new NoClassDefFoundError("a part of the answer");
                      });
                  asked.countDown();
                },
                NmiServer.limits(Duration.ofSeconds(60)),
                () -> {},
                () -> {},
                Duration.ofMillis(50));
        RawHttp client = RawHttp.connect("127.0.0.1", server.start())) {
      client.get("/");
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

      found.complete("found");

      assertThat(client.read().status()).isEqualTo(500);
    }
  }
}
