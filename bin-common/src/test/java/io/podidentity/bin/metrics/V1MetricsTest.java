package io.podidentity.bin.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class V1MetricsTest {
  private static final Duration TOOK = Duration.ofMillis(250);

  private final MetricRegistry registry = new MetricRegistry();
  private final V1Metrics metrics = new V1Metrics(registry);

  @Test
  void sameEventsGiveTheTextThatV1Gives() throws IOException {
    metrics.recordAdded(TOOK);
    metrics.recordDeleted(TOOK);
    metrics.recordUpdated(TOOK);
    metrics.cycle(TOOK);
    metrics.election();
    metrics.request(
        "default", "/metadata/identity/oauth2/token", "https://management.azure.com/", "200", TOOK);
    for (V1Metrics.CloudOperation operation : V1Metrics.CloudOperation.values()) {
      metrics.cloudFailed(operation);
      metrics.cloudCall(operation, TOOK);
    }
    for (V1Metrics.KubernetesOperation operation : V1Metrics.KubernetesOperation.values()) {
      metrics.kubernetesFailed(operation);
    }
    for (V1Metrics.TokenOperation operation : V1Metrics.TokenOperation.values()) {
      metrics.tokenFailed(operation);
      metrics.token(operation, TOOK);
    }

    assertThat(registry.text()).isEqualTo(v1());
  }

  // v1's exporter knows no metric before its first event.
  @Test
  void nothingIsThereBeforeItHappens() {
    assertThat(registry.text()).isEmpty();
  }

  /** Its first line names its source. */
  private static String v1() throws IOException {
    try (InputStream file = V1MetricsTest.class.getResourceAsStream("v1.8.17.txt")) {
      assertThat(file).isNotNull();
      String text = new String(file.readAllBytes(), UTF_8);
      return text.substring(text.indexOf('\n') + 1);
    }
  }
}
