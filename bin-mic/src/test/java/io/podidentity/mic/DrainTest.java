package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.testkit.InMemoryCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DrainTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final InMemoryCluster cluster = new InMemoryCluster();
  private final Drain drain = new Drain();
  private final ClusterView seen = drain.of(cluster);

  @Test
  void whatWasNeverSeenIsAnothersToDo() {
    assertNotDrained(
        "not drained within 0 s: another MIC leads, or the cluster does not answer; scale MIC's"
            + " Deployment to 0, and look at the log");
  }

  @Test
  void whatIsLeftIsNamed() {
    AssignedIdentity record = cluster.create(Samples.desired());
    seen.snapshot();

    assertNotDrained(
        "not drained within 0 s: 1 records are left, %s among them; the log says why"
            .formatted(record.name()));
  }

  @Test
  void itIsDoneWhenTheLastRecordIsGone() {
    AssignedIdentity record = cluster.create(Samples.desired());
    seen.snapshot();
    cluster.delete(record);
    assertThat(seen.snapshot().records()).isEmpty();

    assertThatCode(() -> drain.await(SHORT)).doesNotThrowAnyException();
  }

  private void assertNotDrained(String message) {
    assertThatThrownBy(() -> drain.await(SHORT))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE))
        .hasMessage(message);
  }
}
