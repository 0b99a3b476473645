package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.token.TokenBrokerTest.requestFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitReportsTest {
  private static final Pod WEB = pod("shop/web").bindingLabel("app").address("10.0.0.7").build();
  private static final AssignedIdentity RECORD = record(WEB, identity("shop/x")).build();

  private final List<String> reports = new ArrayList<>();
  private final InMemoryNode node = new InMemoryNode();
  private final ManualTimer timer = new ManualTimer();
  private final ManualClock clock = new ManualClock(Instant.EPOCH);
  private final TokenBroker broker =
      new TokenBroker(
          node,
          OperationMode.standard(node, Set::of, false),
          Exemptions.of(node),
          new StubTokens(),
          HoldPolicy.DEFAULT,
          timer,
          clock,
          new Telemetry() {
            @Override
            public void requestWaits(WaitReason reason) {
              reports.add(reason.code());
            }

            @Override
            public void requestWaited(WaitReason reason, Duration took) {
              reports.add(reason.code() + " " + took);
            }
          });

  @Test
  void whatIsAtHandIsNoWait() {
    node.put(WEB);
    node.put(RECORD);

    assertThat(broker.request(requestFrom("10.0.0.7"))).isCompleted();

    assertThat(reports).isEmpty();
  }

  @Test
  void eachWaitIsReportedFromItsStartToItsEnd() {
    var answer = broker.request(requestFrom("10.0.0.7"));
    clock.advance(Duration.ofSeconds(1));
    node.put(WEB);
    clock.advance(Duration.ofSeconds(30));
    node.put(RECORD);

    assertThat(answer).isCompleted();
    assertThat(reports).containsExactly("pod", "pod PT1S", "identity", "identity PT30S");
  }

  @Test
  void aWaitEndsWithItsHoldOrWhenTheClientHangsUp() {
    node.put(WEB);
    var held = broker.request(requestFrom("10.0.0.7"));
    timer.advance(Duration.ofSeconds(80));
    assertThat(held).isCompletedExceptionally();

    var left = broker.request(requestFrom("10.0.0.7"));
    left.cancel(true);

    assertThat(reports).containsExactly("identity", "identity PT0S", "identity", "identity PT0S");
  }
}
