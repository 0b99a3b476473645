package io.podidentity.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PodIdentityExceptionTest {
  @Test
  void allOfItSurvivesSerialization() throws IOException, ClassNotFoundException {
    PodIdentityException blaming =
        copy(
            PodIdentityException.blaming(
                ErrorReason.TARGET_UNAVAILABLE, "refused", Set.of("/subscriptions/s/one")));
    PodIdentityException waiting =
        copy(
            new PodIdentityException(
                ErrorReason.TOKEN_THROTTLED,
                "too often",
                Duration.ofSeconds(5),
                new IllegalStateException("429")));

    assertThat(blaming).hasMessage("refused").hasNoCause();
    assertThat(blaming.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(blaming.blamed()).containsExactly("/subscriptions/s/one");
    assertThat(blaming.retryAfter()).isEmpty();
    assertThat(waiting).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(waiting.retryAfter()).contains(Duration.ofSeconds(5));
    assertThat(waiting.blamed()).isEmpty();
  }

  private static PodIdentityException copy(PodIdentityException error)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(error);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (PodIdentityException) in.readObject();
    }
  }
}
