package io.podidentity.example.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class EmbedBrokerTest {
  @Test
  void workloadGetsTheTokenOfItsIdentity() throws UnknownHostException {
    assertThat(EmbedBroker.ask("10.0.0.17"))
        .isEqualTo("ci/job-17 has a token for identity 1111##### REDACTED #####5555");
  }

  @Test
  void strangerIsRefused() throws UnknownHostException {
    assertThat(EmbedBroker.ask("10.0.0.18")).isEqualTo("10.0.0.18 is refused: pod-not-found");
  }
}
