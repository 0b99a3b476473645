package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.token.TokenBrokerTest.requestFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.fixture.BrokenTelemetry;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.Pod;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener that fails is its own problem, and never a request's. */
class TelemetryThatThrowsTest {
  private static final Pod WEB = pod("shop/web").bindingLabel("app").address("10.0.0.7").build();
  private static final AssignedIdentity RECORD = record(WEB, identity("shop/x")).build();

  private final CacheFixture fixture = new CacheFixture();
  private final BrokenTelemetry telemetry = new BrokenTelemetry();
  private final QueuedExecutor executor = new QueuedExecutor();
  private final InMemoryNode node = new InMemoryNode();
  private final TokenBroker broker =
      new TokenBroker(
          node,
          OperationMode.standard(node, Set::of, false),
          Exemptions.of(node),
          new CachingTokenSource(
              new FetchQueue(
                  query -> fixture.source.apply(query),
                  executor,
                  fixture.timer,
                  fixture.clock,
                  CacheFixture.NO_LIMITS,
                  telemetry.port()),
              fixture.clock,
              fixture.timer,
              CacheBounds.of(1),
              telemetry.port()),
          HoldPolicy.DEFAULT,
          fixture.timer,
          fixture.clock,
          telemetry.port());

  @AfterEach
  void end() {
    telemetry.close();
  }

  @Test
  void requestThatWaitsForAllThatItNeedsIsAnswered() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    node.put(WEB);
    node.put(RECORD);
    executor.runAll();

    assertThat(answer).isCompleted();
    assertThat(broker.request(requestFrom("10.0.0.7"))).isCompleted();
    assertThat(telemetry.called())
        .contains("requestWaits", "requestWaited", "tokenCache", "tokenFetched");
  }

  @Test
  void refusalIsTheSame() {
    node.put(WEB);
    node.put(RECORD);
    fixture.failing(ErrorReason.TOKEN_REFUSED, null);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    executor.runAll();

    assertThat(CacheFixture.refusal(answer).reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(telemetry.called()).contains("tokenFetchFailed");
  }

  @Test
  void holdEndsInItsRefusal() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    fixture.pass(Duration.ofSeconds(2));

    assertThat(CacheFixture.refusal(answer).reason()).isEqualTo(ErrorReason.POD_NOT_FOUND);
  }
}
