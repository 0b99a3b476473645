package io.podidentity.example.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class EmbedBrokerTest {
  @Test
  void workloadGetsTheTokenOfItsIdentityAndAStrangerIsRefused() throws UnknownHostException {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, UTF_8));
    try {
      EmbedBroker.main(new String[0]);
    } finally {
      System.setOut(before);
    }

    assertThat(said.toString(UTF_8).lines())
        .containsExactly(
            "ci/job-17 has a token for identity ci/deployer",
            "10.0.0.18 is refused: pod-not-found");
  }
}
