package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A MIC whose azure.json holds a secret that Entra ID does not take. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class FailingCredentialsIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String RIGHT = "secret-of-the-cluster";

  @Test
  void oneEventSaysSoAndMicGoesOnUntilTheSecretIsRight() throws IOException {
    try (MicWorld world = new MicWorld()) {
      world.virtualMachine("vm");
      world.bind("default", "orders", "orders");
      String right = Files.readString(world.azureJson());
      assertThat(right).contains(RIGHT);
      replace(world.azureJson(), right.replace(RIGHT, "not-that-one"));
      try (GatedMic mic = new GatedMic("mic-0", world)) {
        mic.awaitStanding();
        world.run("default", "web", "vm", "orders");

        // It was tried again, and is still one event.
        Await.until(
            "an event that is counted", LIMIT, () -> warnings(world).stream().anyMatch(e -> e > 1));
        assertThat(events(world))
            .singleElement()
            .satisfies(
                event ->
                    assertThat(event.getMessage())
                        .contains("failed to apply binding default/orders-binding node vm")
                        .contains("AADSTS7000215")
                        .doesNotContain("not-that-one"));
        assertThat(world.states()).containsExactly("Created");
        assertThat(mic.process().isAlive()).isTrue();

        replace(world.azureJson(), right);
        Await.until("assigned", LIMIT, () -> world.states().equals(List.of("Assigned")));
        assertThat(mic.process().isAlive()).isTrue();
        assertThat(Files.readString(mic.process().log()))
            .doesNotContain("not-that-one")
            .doesNotContain(RIGHT);
      }
    }
  }

  /** As Kubernetes replaces a file of a Secret. */
  private static void replace(Path file, String content) throws IOException {
    Path next = Files.writeString(file.resolveSibling("azure.json.next"), content);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<Integer> warnings(MicWorld world) {
    return events(world).stream().map(Event::getCount).toList();
  }

  private static List<Event> events(MicWorld world) {
    return world.admin().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getType().equals("Warning"))
        .filter(event -> event.getInvolvedObject().getName().equals("orders-binding"))
        .toList();
  }
}
