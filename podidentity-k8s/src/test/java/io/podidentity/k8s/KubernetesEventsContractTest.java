package io.podidentity.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.podidentity.testkit.contract.TelemetryContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

/** With an API server that is not there, and a cluster of which nothing is known yet. */
final class KubernetesEventsContractTest extends TelemetryContract {
  private final KubernetesClient client =
      new KubernetesClientBuilder().withConfig(nowhere()).build();
  private final KubernetesClusterView view =
      new KubernetesClusterView(client, (name, providerId) -> null, Clock.systemUTC());
  private final KubernetesEvents events =
      new KubernetesEvents(client, view, Runnable::run, Clock.systemUTC(), CallRate.unlimited());

  private static Config nowhere() {
    Config config = Config.empty();
    config.setMasterUrl("https://127.0.0.1:1/");
    config.setRequestRetryBackoffLimit(0);
    return config;
  }

  @AfterEach
  void close() {
    view.close();
    client.close();
  }

  @Override
  protected KubernetesEvents telemetry() {
    return events;
  }
}
