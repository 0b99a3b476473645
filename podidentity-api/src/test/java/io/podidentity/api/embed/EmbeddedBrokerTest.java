package io.podidentity.api.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.CacheBounds;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EmbeddedBrokerTest {
  private static final NamespacedName JOB = new NamespacedName("ci", "job");

  private final Workloads workloads = new Workloads();
  private final AtomicInteger fetched = new AtomicInteger();

  @Test
  void workloadGetsTheTokenOfItsOwnIdentityAndItIsKept() {
    workloads.put(
        JOB, Set.of(WorkloadsTest.address(1)), List.of(WorkloadsTest.identity("ci", "one")));
    try (EmbeddedBroker broker = new EmbeddedBroker(workloads, this::issue)) {
      TokenGrant first = broker.requestBlocking(from(1));
      TokenGrant second = broker.request(from(1)).join();

      assertThat(first.pod()).isEqualTo(JOB);
      assertThat(first.tokens().get(0).value()).isEqualTo("token 1 of ci/one");
      assertThat(second.tokens()).isEqualTo(first.tokens());
    }
  }

  @Test
  void strangerIsRefused() {
    EmbedSettings settings =
        EmbedSettings.defaults()
            .withHolds(new HoldPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO));
    try (EmbeddedBroker broker =
        new EmbeddedBroker(
            workloads,
            OperationMode.managed(workloads),
            Exemptions.of(namespace -> List.of()),
            this::issue,
            settings)) {
      assertThat(refusal(broker).reason()).isEqualTo(ErrorReason.POD_NOT_FOUND);
    }
    assertThat(fetched).hasValue(0);
  }

  @Test
  void workloadThatComesWhileItsRequestWaitsIsServed() {
    try (EmbeddedBroker broker = new EmbeddedBroker(workloads, this::issue)) {
      CompletableFuture<TokenGrant> early = broker.request(from(1));
      assertThat(early).isNotDone();

      workloads.put(
          JOB, Set.of(WorkloadsTest.address(1)), List.of(WorkloadsTest.identity("ci", "one")));

      assertThat(early.join().pod()).isEqualTo(JOB);
    }
  }

  @Test
  void requestUnderWayLivesThroughATableThatIsPutAgain() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TokenSource slow =
        query -> {
          asked.countDown();
          await(go);
          return issue(query);
        };
    List<Workload> table =
        List.of(
            new Workload(
                JOB,
                Set.of(WorkloadsTest.address(1)),
                List.of(WorkloadsTest.identity("ci", "one"))));
    workloads.putAll(table);
    try (EmbeddedBroker broker = new EmbeddedBroker(workloads, slow)) {
      CompletableFuture<TokenGrant> answer = broker.request(from(1));
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

      workloads.putAll(table);
      go.countDown();

      assertThat(answer.join().pod()).isEqualTo(JOB);
    }
  }

  @Test
  void closeRefusesWhatWaitsInterruptsFetchesAndLeavesNoThread() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    TokenSource stuck =
        query -> {
          asked.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "interrupted", e);
          }
          return List.of();
        };
    workloads.put(
        JOB, Set.of(WorkloadsTest.address(1)), List.of(WorkloadsTest.identity("ci", "one")));
    EmbeddedBroker broker = new EmbeddedBroker(workloads, stuck);
    CompletableFuture<TokenGrant> waiting = broker.request(from(1));
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ownThreads()).isNotEmpty();

    broker.close();
    broker.close();

    assertThatThrownBy(waiting::join).hasRootCauseInstanceOf(PodIdentityException.class);
    assertThat(refusal(broker).reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
    assertThat(refusal(broker)).hasMessage("the broker is closing; ask again in a moment");
    // An executor has terminated a little before its last thread has.
    for (Thread thread : ownThreads()) {
      thread.join(20_000);
    }
    assertThat(ownThreads()).isEmpty();
  }

  @Test
  void callersThatTakeLongOverTheirTokensKeepNobodyFromOne() throws InterruptedException {
    Semaphore asked = new Semaphore(0);
    Semaphore answered = new Semaphore(0);
    CountDownLatch through = new CountDownLatch(1);
    try (EmbeddedBroker broker =
        new EmbeddedBroker(
            workloads,
            OperationMode.managed(workloads),
            Exemptions.of(namespace -> List.of()),
            query -> {
              asked.acquireUninterruptibly();
              return issue(query);
            },
            oneAtATime())) {
      for (int i = 1; i <= 6; i++) {
        workloads.put(
            new NamespacedName("ci", "job" + i),
            Set.of(WorkloadsTest.address(i)),
            List.of(WorkloadsTest.identity("ci", "identity" + i)));
        var unused =
            broker
                .request(from(i))
                .thenRun(
                    () -> {
                      answered.release();
                      await(through);
                    });
        asked.release();

        assertThat(answered.tryAcquire(20, TimeUnit.SECONDS)).as("request %s", i).isTrue();
      }
      through.countDown();
    }
  }

  private static EmbedSettings oneAtATime() {
    FetchLimits one =
        FetchLimits.IMDS
            .withPerSecond(0)
            .withAtOnce(1, 1)
            .withWaiting(100, 100)
            .withLongestWait(Duration.ofSeconds(20))
            .withLongestRest(Duration.ofSeconds(1));
    return EmbedSettings.defaults().withLimits(Map.of(TokenService.IMDS, one));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void everyServiceHasLimits() {
    EmbedSettings defaults = EmbedSettings.defaults();

    assertThatThrownBy(
            () ->
                new EmbedSettings(
                    defaults.holds(),
                    Map.of(TokenService.IMDS, FetchLimits.IMDS),
                    defaults.cache(),
                    defaults.clock(),
                    defaults.telemetry()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entra");
  }

  @Test
  void whatIsSaidIsSetAndTheRestStays() {
    FetchLimits slow = FetchLimits.IMDS.withLongestFetch(Duration.ofSeconds(7));
    CacheBounds small = CacheBounds.of(7);
    HoldPolicy none = new HoldPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    Telemetry telemetry = new Telemetry() {};

    EmbedSettings settings =
        EmbedSettings.defaults()
            .withLimits(Map.of(TokenService.IMDS, slow))
            .withCache(small)
            .withHolds(none)
            .withClock(clock)
            .withTelemetry(telemetry);

    assertThat(settings)
        .isEqualTo(
            new EmbedSettings(
                none,
                Map.of(TokenService.IMDS, slow, TokenService.ENTRA, FetchLimits.ENTRA),
                small,
                clock,
                telemetry));
  }

  @Test
  void sourceThatNeverAnswersKeepsNobodyForEver() {
    CountDownLatch never = new CountDownLatch(1);
    TokenSource stuck =
        query -> {
          try {
            never.await();
            return List.of();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "interrupted", e);
          }
        };
    workloads.put(
        JOB, Set.of(WorkloadsTest.address(1)), List.of(WorkloadsTest.identity("ci", "one")));
    FetchLimits impatient = FetchLimits.IMDS.withLongestFetch(Duration.ofMillis(20));
    try (EmbeddedBroker broker =
        new EmbeddedBroker(
            workloads,
            OperationMode.managed(workloads),
            Exemptions.of(namespace -> List.of()),
            stuck,
            EmbedSettings.defaults().withLimits(Map.of(TokenService.IMDS, impatient)))) {
      assertThat(refusal(broker).reason()).isEqualTo(ErrorReason.TOKEN_UNAVAILABLE);
    }
  }

  private static List<Thread> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(thread -> thread.getName().startsWith("pod-identity-"))
        .toList();
  }

  private static PodIdentityException refusal(EmbeddedBroker broker) {
    return catchThrowableOfType(PodIdentityException.class, () -> broker.requestBlocking(from(1)));
  }

  private static TokenRequest from(int address) {
    return new TokenRequest(
        new Caller.ByAddress(WorkloadsTest.address(address)),
        IdentityChoice.ANY,
        "https://vault.azure.net");
  }

  private List<AccessToken> issue(TokenQuery query) {
    TokenQuery.Bound bound = (TokenQuery.Bound) query.subject();
    var now = Clock.systemUTC().instant();
    String value = "token %d of %s".formatted(fetched.incrementAndGet(), bound.identity().name());
    return List.of(new AccessToken(value, now.plus(Duration.ofHours(1)), now, query.resource()));
  }
}
