package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SimulatedAzureExtension.class)
final class SimulatedAzureExtensionTest {
  private static final Set<URI> SEEN = new HashSet<>();

  @RepeatedTest(2)
  void testHasAnAzureOfItsOwnThatAnswers(SimulatedAzure azure, SimulatedAzure same)
      throws IOException {
    assertThat(same).isSameAs(azure);
    assertThat(azure.azure().computes()).isEmpty();
    azure.azure().createCompute(Ids.VM);
    try (Socket socket = connect(azure.imdsUri())) {
      assertThat(socket.isConnected()).isTrue();
    }
    assertThat(SEEN.add(azure.imdsUri())).isTrue();
  }

  @AfterAll
  static void eachWasClosed() {
    assertThat(SEEN).hasSize(2);
    assertThat(SEEN)
        .allSatisfy(uri -> assertThatThrownBy(() -> connect(uri)).isInstanceOf(IOException.class));
  }

  private static Socket connect(URI uri) throws IOException {
    return new Socket(uri.getHost(), uri.getPort());
  }
}
