package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RecordWritesTest {
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger permitted = new AtomicInteger(Integer.MAX_VALUE);
  private final RecordWrites writes = new RecordWrites(CallRate.unlimited(), this::check);

  @Test
  void troubleOfAMomentIsOvercome() {
    String written =
        writes.make(
            () -> {
              if (attempts.incrementAndGet() < 3) {
                throw answer(503);
              }
              return "written";
            });

    assertThat(written).isEqualTo("written");
  }

  @Test
  void refusalIsNotRepeated() {
    assertThatThrownBy(() -> writes.make(() -> fail(409)))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void troubleThatLastsIsTheCallers() {
    assertThatThrownBy(() -> writes.make(() -> fail(500)))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(attempts).hasValue(3);
  }

  @Test
  void whoMayNotWriteMakesNoAttemptAndNoFurtherOne() {
    permitted.set(1);

    assertThatThrownBy(() -> writes.make(() -> fail(500)))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN));

    assertThat(attempts).as("the second would have been one too many").hasValue(1);
  }

  private void check() {
    if (permitted.getAndDecrement() <= 0) {
      throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "the lease is lost");
    }
  }

  private String fail(int status) {
    attempts.incrementAndGet();
    throw answer(status);
  }

  private static KubernetesClientException answer(int status) {
    return new KubernetesClientException(new StatusBuilder().withCode(status).build());
  }
}
